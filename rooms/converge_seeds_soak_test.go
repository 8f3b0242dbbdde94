//go:build soak

package rooms

const (
	convergeSeeds = 20_000
	convergeSteps = 200
)
