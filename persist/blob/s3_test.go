package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/internal/testservers"
	"atelier/persist/blob"
	"atelier/persist/storetest"
	"atelier/protocol"
)

const megabyte = 1 << 20

var errCut = errors.New("cut")

// on opens a prefix of a server's bucket, reached at addr.
func on(t *testing.T, server *testservers.S3Server, prefix, addr, spool string) *blob.S3 {
	t.Helper()
	s, err := blob.OpenS3(t.Context(), server.URL(prefix, addr), blob.Options{
		Spool: spool, AccessKey: testservers.S3Key, SecretKey: testservers.S3Secret, Timeout: 2 * time.Second,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func TestS3KeepsTheContractOfBlobs(t *testing.T) {
	t.Parallel()
	server := testservers.S3(t)
	storetest.Blobs(t, func(t *testing.T, root string) *blob.S3 {
		t.Helper()
		return on(t, server, root, server.Addr(), root) // the root names the prefix, too
	})
}

func TestBlobsMayBeAtTheRootOfABucketAmongOtherThings(t *testing.T) {
	t.Parallel()
	server := testservers.S3(t)
	s := on(t, server, "", server.Addr(), t.TempDir())
	id := put(t, s, []byte("ours"))
	require.FileExists(t, server.File(id[:2]+"/"+id))
	require.NoError(t, os.WriteFile(server.File("readme"), []byte("theirs"), 0o600))
	require.NoError(t, os.WriteFile(server.File("00"+id[2:]), []byte("theirs"), 0o600))
	require.Equal(t, map[string]int64{id: 4}, listed(t, s))
}

func TestTheSameBytesAreUploadedOnce(t *testing.T) {
	t.Parallel()
	server := testservers.S3(t)
	var sent atomic.Int64
	proxy := newWire(t, server.Addr(), func(p []byte) error { sent.Add(int64(len(p))); return nil }, nil)
	s := on(t, server, "once", proxy.Addr().String(), t.TempDir())
	data := noise(megabyte)
	id := put(t, s, data)
	require.Greater(t, sent.Load(), int64(megabyte))
	require.Equal(t, id, put(t, s, data))
	require.Less(t, sent.Load(), int64(2*megabyte), "the second time only asks")
}

func TestAStoredBlobOfTheWrongBytesIsReplaced(t *testing.T) {
	t.Parallel()
	server := testservers.S3(t)
	s := on(t, server, "p", server.Addr(), t.TempDir())
	id := put(t, s, []byte("right"))
	require.NoError(t, os.WriteFile(server.File("p/"+id[:2]+"/"+id), []byte("cut"), 0o600))
	put(t, s, []byte("right"))
	require.Equal(t, "right", string(readAll(t, s, id)))
}

func TestOfALongBlobIsFetchedWhatIsRead(t *testing.T) {
	t.Parallel()
	server := testservers.S3(t)
	var came atomic.Int64
	proxy := newWire(t, server.Addr(), nil, func(p []byte) error { came.Add(int64(len(p))); return nil })
	s := on(t, server, "p", proxy.Addr().String(), t.TempDir())
	data := noise(20 * megabyte)
	id := put(t, s, data)
	b, err := s.Open(t.Context(), id)
	require.NoError(t, err)
	_, err = b.Seek(-1000, io.SeekEnd)
	require.NoError(t, err)
	end, err := io.ReadAll(b)
	require.NoError(t, err)
	require.Equal(t, data[len(data)-1000:], end)
	_, err = b.Seek(5*megabyte, io.SeekStart)
	require.NoError(t, err)
	part := make([]byte, 1000)
	_, err = io.ReadFull(b, part)
	require.NoError(t, err)
	require.Equal(t, data[5*megabyte:][:1000], part)
	require.NoError(t, b.Close())
	require.Less(t, came.Load(), int64(megabyte))
}

func TestReadingGoesOnWhereAConnectionBroke(t *testing.T) {
	t.Parallel()
	server := testservers.S3(t)
	var came atomic.Int64
	var cuts atomic.Int32
	proxy := newWire(t, server.Addr(), nil, func(p []byte) error {
		if came.Add(int64(len(p))) > int64(cuts.Load()+1)*megabyte && cuts.Add(1) < 4 {
			return errCut
		}
		return nil
	})
	s := on(t, server, "p", proxy.Addr().String(), t.TempDir())
	data := noise(6 * megabyte)
	require.True(t, bytes.Equal(data, readAll(t, s, put(t, s, data))))
	require.Greater(t, cuts.Load(), int32(3))
}

func TestAStoreThatDiesUnderAnUploadKeepsNothingOfIt(t *testing.T) {
	t.Parallel()
	server := testservers.S3(t)
	var sent atomic.Int64
	var killed atomic.Bool
	proxy := newWire(t, server.Addr(), func(p []byte) error {
		if sent.Add(int64(len(p))) > 3*megabyte && killed.CompareAndSwap(false, true) {
			server.Kill()
		}
		return nil
	}, nil)
	spool := t.TempDir()
	s := on(t, server, "p", proxy.Addr().String(), spool)
	data := noise(8 * megabyte)
	_, _, err := s.Put(t.Context(), bytes.NewReader(data), 10*megabyte)
	require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(err), "%v", err)
	require.True(t, killed.Load())
	left, err := os.ReadDir(spool)
	require.NoError(t, err)
	require.Empty(t, left)
	_, err = s.Open(t.Context(), strings.Repeat("0", 64))
	require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(err), "away is not the same as not there")

	server.Restart()
	require.Empty(t, listed(t, s))
	require.True(t, bytes.Equal(data, readAll(t, s, put(t, s, data))))
}

func TestAnUploadThatIsCutOffIsNotKept(t *testing.T) {
	t.Parallel()
	server := testservers.S3(t)
	var sent atomic.Int64
	var whole atomic.Bool
	proxy := newWire(t, server.Addr(), func(p []byte) error {
		if sent.Add(int64(len(p))) > megabyte && !whole.Load() {
			sent.Store(0)
			return errCut
		}
		return nil
	}, nil)
	s := on(t, server, "p", proxy.Addr().String(), t.TempDir())
	data := noise(3 * megabyte)
	_, _, err := s.Put(t.Context(), bytes.NewReader(data), 10*megabyte)
	require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(err), "%v", err)
	require.Empty(t, listed(t, s))
	whole.Store(true)
	put(t, s, data)
}

func TestTheStoreRefusesBytesThatChangedOnTheWay(t *testing.T) {
	t.Parallel()
	server := testservers.S3(t)
	var sent atomic.Int64
	proxy := newWire(t, server.Addr(), func(p []byte) error {
		if sent.Add(int64(len(p))) > megabyte {
			p[len(p)-1] ^= 1
		}
		return nil
	}, nil)
	s := on(t, server, "p", proxy.Addr().String(), t.TempDir())
	_, _, err := s.Put(t.Context(), bytes.NewReader(noise(2*megabyte)), 10*megabyte)
	require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(err), "%v", err)
	require.Empty(t, listed(t, on(t, server, "p", server.Addr(), t.TempDir())))
}

func TestABlobThatWentBehindOurBackIsNotFound(t *testing.T) {
	t.Parallel()
	server := testservers.S3(t)
	s := on(t, server, "p", server.Addr(), t.TempDir())
	id := put(t, s, noise(megabyte))
	b, err := s.Open(t.Context(), id)
	require.NoError(t, err)
	require.NoError(t, os.Remove(server.File("p/"+id[:2]+"/"+id)))
	_, err = s.Open(t.Context(), id)
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err), "%v", err)
	_, err = io.ReadAll(b)
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err), "%v", err)
	require.NoError(t, b.Close())
}

func TestAStoreThatHangsIsUnavailable(t *testing.T) {
	t.Parallel()
	server := testservers.S3(t)
	s, err := blob.OpenS3(t.Context(), server.URL("p", server.Addr()), blob.Options{
		Spool: t.TempDir(), AccessKey: testservers.S3Key, SecretKey: testservers.S3Secret, Timeout: 200 * time.Millisecond,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	id := put(t, s, noise(megabyte))
	b, err := s.Open(t.Context(), id)
	require.NoError(t, err)
	server.Pause()
	for name, ask := range map[string]func() error{
		"open": func() error { _, err := s.Open(t.Context(), id); return err },
		"read": func() error { _, err := io.ReadAll(b); return err },
		"put":  func() error { _, _, err := s.Put(t.Context(), strings.NewReader("new"), 3); return err },
		"list": func() error { return s.List(t.Context(), func(string, int64) error { return nil }) },
	} {
		err := ask()
		require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(err), "%s: %v", name, err)
		require.ErrorContains(t, err, "does not answer", name)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = s.Open(ctx, id)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	server.Resume()
	all, err := io.ReadAll(b)
	require.NoError(t, err)
	require.Len(t, all, megabyte)
	require.NoError(t, b.Close())
}

func TestWhatKeepsAStoreFromOpeningIsSaid(t *testing.T) {
	t.Parallel()
	server := testservers.S3(t)
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, nobody.Close())
	elsewhere := strings.Replace(server.URL("", server.Addr()), testservers.S3Bucket, "elsewhere", 1)
	for _, c := range []struct{ where, key, secret, want string }{
		{server.URL("", server.Addr()), testservers.S3Key, "wrong", "SignatureDoesNotMatch"},
		{server.URL("", server.Addr()), "nobody", testservers.S3Secret, "access key"},
		{elsewhere, testservers.S3Key, testservers.S3Secret, "NoSuchBucket"},
		{server.URL("", nobody.Addr().String()), testservers.S3Key, testservers.S3Secret, "connection refused"},
		{"s3://UPPER", "", "", "no name of a bucket"},
		{"s3://key:secret@bucket", "", "", "AWS_ACCESS_KEY_ID"},
		{"s3://bucket?endpoint=store:9000", "", "", "https://host:port"},
		{"s3://bucket?acl=public", "", "", `not "acl"`},
	} {
		_, err := blob.Open(t.Context(), c.where, blob.Options{Spool: t.TempDir(), AccessKey: c.key, SecretKey: c.secret})
		require.ErrorContains(t, err, c.want)
		require.NotContains(t, err.Error(), testservers.S3Secret)
	}
}

func TestCredentialsComeFromTheEnvironment(t *testing.T) {
	server := testservers.S3(t)
	t.Setenv("AWS_ACCESS_KEY_ID", testservers.S3Key)
	t.Setenv("AWS_SECRET_ACCESS_KEY", testservers.S3Secret)
	s, err := blob.Open(t.Context(), server.URL("p", server.Addr()), blob.Options{Spool: t.TempDir()})
	require.NoError(t, err)
	require.IsType(t, &blob.S3{}, s)
	require.Empty(t, listed(t, s))
	require.NoError(t, s.Close())

	s, err = blob.Open(t.Context(), filepath.Join(t.TempDir(), "assets"), blob.Options{})
	require.NoError(t, err)
	require.IsType(t, &blob.Dir{}, s)
	require.NoError(t, s.Close())
}

// noise is n bytes, other ones for another n.
func noise(n int) []byte {
	data := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}).Read(data)
	return data
}

func put(t *testing.T, s blob.Store, data []byte) (id string) {
	t.Helper()
	id, size, err := s.Put(t.Context(), bytes.NewReader(data), 64*megabyte)
	require.NoError(t, err)
	require.EqualValues(t, len(data), size)
	return id
}

func readAll(t *testing.T, s blob.Store, id string) []byte {
	t.Helper()
	b, err := s.Open(t.Context(), id)
	require.NoError(t, err)
	all, err := io.ReadAll(b)
	require.NoError(t, err)
	require.NoError(t, b.Close())
	return all
}

func listed(t *testing.T, s blob.Store) map[string]int64 {
	t.Helper()
	all := make(map[string]int64)
	require.NoError(t, s.List(t.Context(), func(id string, size int64) error { all[id] = size; return nil }))
	return all
}
