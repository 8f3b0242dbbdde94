package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/protocol"
)

// Blobs runs what every store of blobs must do. Open opens the one kept under root, or makes an empty one there.
func Blobs(t *testing.T, open func(t *testing.T, root string) generation.Blobs) {
	t.Helper()
	for name, test := range map[string]func(t *testing.T, b generation.Blobs, root string){
		"BytesComeBackUnderTheirHash":           bytesComeBack,
		"TheEmptyBlobIsABlob":                   emptyBlob,
		"ExactlyTheLimitFitsAndOneMoreDoesNot":  limitHolds,
		"RangesAreReadBySeeking":                rangesAreRead,
		"TheSameBytesAtOnceAreOneBlob":          sameBytesAtOnce,
		"ASourceThatFailsLeavesNothing":         failedSource,
		"AnEndedContextEndsAPut":                endedContext,
		"WhatIsNotThereOrNoHashIsNotFound":      unknownBlobs,
		"AnOpenBlobCanBeReadByManyAtTheirSpeed": manyReaders,
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

func put(t *testing.T, b generation.Blobs, s string) (id string) {
	t.Helper()
	id, size, err := b.Put(t.Context(), strings.NewReader(s), roomy)
	require.NoError(t, err)
	require.EqualValues(t, len(s), size)
	return id
}

func read(t *testing.T, b generation.Blobs, id string) string {
	t.Helper()
	blob, err := b.Open(t.Context(), id)
	require.NoError(t, err)
	all, err := io.ReadAll(blob)
	require.NoError(t, err)
	require.EqualValues(t, len(all), blob.Size())
	require.NoError(t, blob.Close())
	return string(all)
}

func bytesComeBack(t *testing.T, b generation.Blobs, _ string) {
	long := strings.Repeat("0123456789abcdef", 20_000)
	sum := sha256.Sum256([]byte(long))
	id := put(t, b, long)
	require.Equal(t, hex.EncodeToString(sum[:]), id)
	require.Equal(t, long, read(t, b, id))
}

func emptyBlob(t *testing.T, b generation.Blobs, _ string) {
	require.Empty(t, read(t, b, put(t, b, "")))
}

func limitHolds(t *testing.T, b generation.Blobs, root string) {
	_, _, err := b.Put(t.Context(), strings.NewReader("123456"), 5)
	requireCode(t, protocol.CodePayloadTooLarge, err)
	require.Empty(t, files(t, root))
	id, size, err := b.Put(t.Context(), strings.NewReader("12345"), 5)
	require.NoError(t, err)
	require.EqualValues(t, 5, size)
	require.Equal(t, "12345", read(t, b, id))
}

func rangesAreRead(t *testing.T, b generation.Blobs, _ string) {
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

func sameBytesAtOnce(t *testing.T, b generation.Blobs, root string) {
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
}

func failedSource(t *testing.T, b generation.Blobs, root string) {
	boom := errors.New("boom")
	_, _, err := b.Put(t.Context(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(boom)), roomy)
	require.ErrorIs(t, err, boom)
	require.Empty(t, files(t, root))
}

func endedContext(t *testing.T, b generation.Blobs, root string) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := b.Put(ctx, strings.NewReader("unwanted"), roomy)
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, files(t, root))
}

func unknownBlobs(t *testing.T, b generation.Blobs, _ string) {
	id := put(t, b, "known")
	for _, unknown := range []string{
		strings.Repeat("0", 64), "", "..", "../" + id, strings.ToUpper(id), id[:63], id + "0", id[:62] + "/.", "tmp",
	} {
		_, err := b.Open(t.Context(), unknown)
		requireCode(t, protocol.CodeNotFound, err)
	}
}

func manyReaders(t *testing.T, b generation.Blobs, _ string) {
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

// files lists the files under root: none for a store that keeps its blobs elsewhere.
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
