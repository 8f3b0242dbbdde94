//go:build !soak

package sqlite_test

const (
	fairnessSeeds = 1
	fairnessJobs  = 10_000
)
