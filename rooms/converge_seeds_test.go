//go:build !soak

package rooms

const (
	convergeSeeds = 2000
	convergeSteps = 60
)
