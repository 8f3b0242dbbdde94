package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/protocol"
)

// BlobStore is a store of blobs that can be listed.
type BlobStore interface {
	generation.Blobs
	List(ctx context.Context, fn func(id string, size int64) error) error
}

// Blobs runs what every store of blobs must do. Open opens the one that root stands for, or makes an empty one; files that
// it needs for a time are below root.
func Blobs[S BlobStore](t *testing.T, open func(t *testing.T, root string) S) {
	t.Helper()
	for name, test := range map[string]func(t *testing.T, b BlobStore, root string){
		"BytesComeBackUnderTheirHash":           bytesComeBack,
		"TheEmptyBlobIsABlob":                   emptyBlob,
		"ExactlyTheLimitFitsAndOneMoreDoesNot":  limitHolds,
		"RangesAreReadBySeeking":                rangesAreRead,
		"TheSameBytesAtOnceAreOneBlob":          sameBytesAtOnce,
		"ASourceThatFailsLeavesNothing":         failedSource,
		"AnEndedContextEndsAPut":                endedContext,
		"WhatIsNotThereOrNoHashIsNotFound":      unknownBlobs,
		"AnOpenBlobCanBeReadByManyAtTheirSpeed": manyReaders,
		"ALongBlobIsReadFromAnywhere":           longBlob,
		"SeekingKeepsTheRulesOfFiles":           seeking,
		"AllBlobsAreListed":                     allListed,
		"ListingEndsWithTheErrorOfWhoAsked":     listingEnds,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			test(t, open(t, root), root)
		})
	}
	t.Run("BlobsAreThereAfterReopening", func(t *testing.T) {
		t.Parallel()
		root := t.TempDir()
		id := put(t, open(t, root), "kept")
		require.Equal(t, "kept", read(t, open(t, root), id))
	})
}

const roomy = 1 << 20

func put(t *testing.T, b BlobStore, s string) (id string) {
	t.Helper()
	id, size, err := b.Put(t.Context(), strings.NewReader(s), roomy)
	require.NoError(t, err)
	require.EqualValues(t, len(s), size)
	return id
}

func read(t *testing.T, b BlobStore, id string) string {
	t.Helper()
	blob, err := b.Open(t.Context(), id)
	require.NoError(t, err)
	all, err := io.ReadAll(blob)
	require.NoError(t, err)
	require.EqualValues(t, len(all), blob.Size())
	require.NoError(t, blob.Close())
	return string(all)
}

func bytesComeBack(t *testing.T, b BlobStore, _ string) {
	long := strings.Repeat("0123456789abcdef", 20_000)
	sum := sha256.Sum256([]byte(long))
	id := put(t, b, long)
	require.Equal(t, hex.EncodeToString(sum[:]), id)
	require.Equal(t, long, read(t, b, id))
}

func emptyBlob(t *testing.T, b BlobStore, _ string) {
	require.Empty(t, read(t, b, put(t, b, "")))
}

func limitHolds(t *testing.T, b BlobStore, root string) {
	_, _, err := b.Put(t.Context(), strings.NewReader("123456"), 5)
	requireCode(t, protocol.CodePayloadTooLarge, err)
	requireNothing(t, b, root)
	id, size, err := b.Put(t.Context(), strings.NewReader("12345"), 5)
	require.NoError(t, err)
	require.EqualValues(t, 5, size)
	require.Equal(t, "12345", read(t, b, id))
}

func rangesAreRead(t *testing.T, b BlobStore, _ string) {
	blob, err := b.Open(t.Context(), put(t, b, "0123456789"))
	require.NoError(t, err)
	for _, r := range []struct {
		offset int64
		whence int
		want   string
	}{{7, io.SeekStart, "789"}, {2, io.SeekStart, "234"}, {-3, io.SeekEnd, "789"}} {
		_, err = blob.Seek(r.offset, r.whence)
		require.NoError(t, err)
		got := make([]byte, len(r.want))
		_, err = io.ReadFull(blob, got)
		require.NoError(t, err)
		require.Equal(t, r.want, string(got))
	}
	require.NoError(t, blob.Close())
}

func sameBytesAtOnce(t *testing.T, b BlobStore, root string) {
	ids := make([]string, 16)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			ids[i], _, _ = b.Put(t.Context(), iotest.OneByteReader(strings.NewReader("the same")), roomy)
		})
	}
	wg.Wait()
	for _, id := range ids {
		require.Equal(t, "the same", read(t, b, id))
	}
	require.LessOrEqual(t, len(files(t, root)), 1)
	require.Equal(t, map[string]int64{ids[0]: 8}, listed(t, b))
}

func failedSource(t *testing.T, b BlobStore, root string) {
	boom := errors.New("boom")
	_, _, err := b.Put(t.Context(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(boom)), roomy)
	require.ErrorIs(t, err, boom)
	requireNothing(t, b, root)
}

func endedContext(t *testing.T, b BlobStore, root string) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := b.Put(ctx, strings.NewReader("unwanted"), roomy)
	require.ErrorIs(t, err, context.Canceled)
	requireNothing(t, b, root)
}

func unknownBlobs(t *testing.T, b BlobStore, _ string) {
	id := put(t, b, "known")
	for _, unknown := range []string{
		strings.Repeat("0", 64), "", "..", "../" + id, strings.ToUpper(id), id[:63], id + "0", id[:62] + "/.", "tmp",
	} {
		_, err := b.Open(t.Context(), unknown)
		requireCode(t, protocol.CodeNotFound, err)
	}
}

func manyReaders(t *testing.T, b BlobStore, _ string) {
	id := put(t, b, "shared")
	first, err := b.Open(t.Context(), id)
	require.NoError(t, err)
	one := make([]byte, 1)
	_, err = first.Read(one)
	require.NoError(t, err)
	require.Equal(t, "shared", read(t, b, id))
	rest, err := io.ReadAll(first)
	require.NoError(t, err)
	require.True(t, bytes.Equal(rest, []byte("hared")))
	require.NoError(t, first.Close())
}

// longBlob is longer than what a store would fetch at a time.
func longBlob(t *testing.T, b BlobStore, _ string) {
	long := make([]byte, 5<<20)
	_, err := rand.NewChaCha8([32]byte{}).Read(long)
	require.NoError(t, err)
	id, _, err := b.Put(t.Context(), bytes.NewReader(long), int64(len(long)))
	require.NoError(t, err)
	blob, err := b.Open(t.Context(), id)
	require.NoError(t, err)
	for _, at := range []int64{4<<20 + 1, 0, 5<<20 - 1, 1 << 20, 1<<20 - 1} {
		_, err = blob.Seek(at, io.SeekStart)
		require.NoError(t, err)
		rest, err := io.ReadAll(blob)
		require.NoError(t, err)
		require.True(t, bytes.Equal(long[at:], rest), "from %d", at)
	}
	require.NoError(t, blob.Close())
}

func seeking(t *testing.T, b BlobStore, _ string) {
	blob, err := b.Open(t.Context(), put(t, b, "0123456789"))
	require.NoError(t, err)
	require.NoError(t, iotest.TestReader(blob, []byte("0123456789")))
	_, err = blob.Seek(4, io.SeekStart)
	require.NoError(t, err)
	at, err := blob.Seek(2, io.SeekCurrent)
	require.NoError(t, err)
	require.EqualValues(t, 6, at)
	_, err = blob.Seek(-1, io.SeekStart)
	require.Error(t, err)
	rest, err := io.ReadAll(blob)
	require.NoError(t, err)
	require.Equal(t, "6789", string(rest), "a seek that fails moves nothing")
	_, err = blob.Seek(100, io.SeekStart)
	require.NoError(t, err)
	_, err = blob.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
	require.NoError(t, blob.Close())
}

func allListed(t *testing.T, b BlobStore, _ string) {
	require.Empty(t, listed(t, b))
	want := make(map[string]int64)
	for i := range 20 {
		want[put(t, b, strings.Repeat("x", i))] = int64(i)
	}
	require.Equal(t, want, listed(t, b))
}

func listingEnds(t *testing.T, b BlobStore, _ string) {
	put(t, b, "one")
	put(t, b, "two")
	boom, calls := errors.New("boom"), 0
	require.ErrorIs(t, b.List(t.Context(), func(string, int64) error { calls++; return boom }), boom)
	require.Equal(t, 1, calls)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, b.List(ctx, func(string, int64) error { return nil }), context.Canceled)
}

// listed is what a store lists: bytes by id.
func listed(t *testing.T, b BlobStore) map[string]int64 {
	t.Helper()
	all := make(map[string]int64)
	require.NoError(t, b.List(t.Context(), func(id string, size int64) error {
		require.NotContains(t, all, id)
		all[id] = size
		return nil
	}))
	return all
}

func requireNothing(t *testing.T, b BlobStore, root string) {
	t.Helper()
	require.Empty(t, files(t, root))
	require.Empty(t, listed(t, b))
}

// files lists the files under root: those of a folder of blobs, and what is on its way to a store elsewhere.
func files(t *testing.T, root string) (paths []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			paths = append(paths, path)
		}
		return err
	}))
	return paths
}
