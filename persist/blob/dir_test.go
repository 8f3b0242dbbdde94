package blob_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/persist/blob"
	"atelier/persist/storetest"
)

func TestDirKeepsTheContractOfBlobs(t *testing.T) {
	t.Parallel()
	storetest.Blobs(t, func(t *testing.T, root string) generation.Blobs {
		t.Helper()
		d, err := blob.Open(root)
		require.NoError(t, err)
		return d
	})
}

func TestOpenSweepsWhatACrashLeftUnfinished(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	_, err := blob.Open(root)
	require.NoError(t, err)
	left := filepath.Join(root, "tmp", "123")
	require.NoError(t, os.WriteFile(left, []byte("half"), 0o600))
	_, err = blob.Open(root)
	require.NoError(t, err)
	require.NoFileExists(t, left)
}
