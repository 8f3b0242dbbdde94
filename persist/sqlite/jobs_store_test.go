package sqlite_test

import (
	"testing"

	"atelier/persist/storetest"
)

func TestJobs(t *testing.T) { storetest.Jobs(t, openStores) }
