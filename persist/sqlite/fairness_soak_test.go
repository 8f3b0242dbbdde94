//go:build soak

package sqlite_test

const (
	fairnessSeeds = 20
	fairnessJobs  = 20_000
)
