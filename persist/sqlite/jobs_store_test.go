package sqlite_test

import (
	"fmt"
	"testing"

	"atelier/persist/storetest"
)

func TestJobs(t *testing.T) { storetest.Jobs(t, openStores) }

func TestFairness(t *testing.T) {
	for seed := range uint64(fairnessSeeds) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { storetest.Fairness(t, openStores, seed, fairnessJobs) })
	}
}
