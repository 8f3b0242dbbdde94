//go:build soak

package e2e

const (
	killRounds    = 50
	cutSeeds      = 30
	convergeSeeds = 200
)
