//go:build !soak

package e2e

const (
	killRounds    = 5
	cutSeeds      = 3
	convergeSeeds = 20
)
