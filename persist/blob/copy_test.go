package blob_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/internal/testservers"
	"atelier/persist/blob"
	"atelier/protocol"
)

func folder(t *testing.T, root string) *blob.Dir {
	t.Helper()
	d, err := blob.OpenDir(root)
	require.NoError(t, err)
	return d
}

// fill stores blobs and returns their bytes by id.
func fill(t *testing.T, s blob.Store, blobs int) map[string]int64 {
	t.Helper()
	want := make(map[string]int64)
	for i := range blobs {
		want[put(t, s, noise(i*1000))] = int64(i) * 1000
	}
	return want
}

func TestBlobsAreCopiedFromAFolderToAStoreAndBack(t *testing.T) {
	t.Parallel()
	server := testservers.S3(t)
	first, store, second := folder(t, t.TempDir()), on(t, server, "p", server.Addr(), t.TempDir()), folder(t, t.TempDir())
	want := fill(t, first, 40)
	var told []blob.Copied
	done, err := blob.Copy(t.Context(), first, store, func(c blob.Copied) { told = append(told, c) })
	require.NoError(t, err)
	require.Equal(t, blob.Copied{Blobs: 40, Bytes: 780_000}, done)
	require.Len(t, told, 40)
	require.Equal(t, done, told[39])
	require.Equal(t, want, listed(t, store))
	_, err = blob.Copy(t.Context(), store, second, nil)
	require.NoError(t, err)
	require.Equal(t, want, listed(t, second))
	for id := range want {
		require.Equal(t, readAll(t, first, id), readAll(t, second, id))
	}
	done, err = blob.Copy(t.Context(), first, store, nil)
	require.NoError(t, err)
	require.Equal(t, blob.Copied{There: 40}, done)
}

func TestACopyThatWasBrokenOffIsTakenUp(t *testing.T) {
	t.Parallel()
	from, to := folder(t, t.TempDir()), folder(t, t.TempDir())
	want := fill(t, from, 100)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	first, err := blob.Copy(ctx, from, to, func(c blob.Copied) {
		if c.Blobs == 10 {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Less(t, first.Blobs, 100)
	require.Len(t, listed(t, to), first.Blobs)
	second, err := blob.Copy(t.Context(), from, to, nil)
	require.NoError(t, err)
	require.Equal(t, blob.Copied{Blobs: 100 - first.Blobs, There: first.Blobs, Bytes: 4_950_000 - first.Bytes}, second)
	require.Equal(t, want, listed(t, to))
}

func TestDamagedBlobsAreNamedAndLeftOut(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	from, to := folder(t, root), folder(t, t.TempDir())
	want := fill(t, from, 10)
	damaged := put(t, from, []byte("whole"))
	require.NoError(t, os.WriteFile(filepath.Join(root, damaged[:2], damaged), []byte("whale"), 0o600))
	done, err := blob.Copy(t.Context(), from, to, nil)
	require.ErrorIs(t, err, blob.ErrDamaged)
	require.ErrorContains(t, err, damaged)
	require.Equal(t, 10, done.Blobs)
	require.Equal(t, want, listed(t, to), "nor under another name")
}

func TestABlobOfAnotherSizeIsCopiedAgain(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	from, to := folder(t, t.TempDir()), folder(t, root)
	id := put(t, from, []byte("whole"))
	put(t, to, []byte("whole"))
	require.NoError(t, os.WriteFile(filepath.Join(root, id[:2], id), []byte("wh"), 0o600))
	done, err := blob.Copy(t.Context(), from, to, nil)
	require.NoError(t, err)
	require.Equal(t, 1, done.Blobs)
	require.Equal(t, "whole", string(readAll(t, to, id)))
}

// losing has blobs that went after they were listed, and fails for good at one.
type losing struct {
	*blob.Dir
	opened atomic.Int64
	err    error
}

func (l *losing) Open(ctx context.Context, id string) (generation.Blob, error) {
	if l.opened.Add(1) == 5 {
		return nil, l.err
	}
	return l.Dir.Open(ctx, id) //nolint:wrapcheck // of the store
}

func TestWhatWentIsLeftOutAndWhatFailsEndsTheCopy(t *testing.T) {
	t.Parallel()
	from, to := folder(t, t.TempDir()), folder(t, t.TempDir())
	fill(t, from, 300)
	boom := errors.New("boom")
	done, err := blob.Copy(t.Context(), &losing{Dir: from, err: boom}, to, nil)
	require.ErrorIs(t, err, boom)
	require.NotErrorIs(t, err, context.Canceled)
	require.Less(t, done.Blobs, 300)
	gone := protocol.Errorf(protocol.CodeNotFound, "gone")
	_, err = blob.Copy(t.Context(), &losing{Dir: from, err: gone}, to, nil)
	require.ErrorIs(t, err, gone)
	require.Len(t, listed(t, to), 299)
}
