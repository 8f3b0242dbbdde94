//go:build soak

package rooms

const (
	convergeSeeds = 40_000
	convergeSteps = 200
)
