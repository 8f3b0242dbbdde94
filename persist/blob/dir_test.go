package blob_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/persist/blob"
	"atelier/persist/storetest"
	"atelier/protocol"
)

func TestDirKeepsTheContractOfBlobs(t *testing.T) {
	t.Parallel()
	storetest.Blobs(t, func(t *testing.T, root string) blob.Store {
		t.Helper()
		d, err := blob.OpenDir(root)
		require.NoError(t, err)
		return d
	})
}

func TestOpenSweepsWhatACrashLeftUnfinished(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	_, err := blob.OpenDir(root)
	require.NoError(t, err)
	left := filepath.Join(root, "tmp", "123")
	require.NoError(t, os.WriteFile(left, []byte("half"), 0o600))
	_, err = blob.OpenDir(root)
	require.NoError(t, err)
	require.FileExists(t, left, "another process may be writing it")
	yesterday := time.Now().Add(-24 * time.Hour)
	require.NoError(t, os.Chtimes(left, yesterday, yesterday))
	_, err = blob.OpenDir(root)
	require.NoError(t, err)
	require.NoFileExists(t, left)
}

func TestAFullDiskIsUnavailable(t *testing.T) {
	t.Parallel()
	d, err := blob.OpenDir(t.TempDir())
	require.NoError(t, err)
	full := iotest.ErrReader(&fs.PathError{Op: "write", Path: "blob", Err: syscall.ENOSPC})
	_, _, err = d.Put(t.Context(), full, 1<<20)
	require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(err))
	require.ErrorIs(t, err, syscall.ENOSPC)
}
