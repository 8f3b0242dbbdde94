package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"atelier/generation"
	"atelier/protocol"
)

var _ generation.Blobs = (*Dir)(nil)

// unfinished is the folder of blobs that are being written.
const unfinished = "tmp"

// Dir keeps blobs in a folder. All methods are safe for concurrent use.
type Dir struct{ root string }

// Open opens the folder, makes it when it is not there, and sweeps what a crash left unfinished. It makes the folders of
// all blobs at once, so that none has to be made durable while somebody waits.
func Open(root string) (*Dir, error) {
	if err := os.RemoveAll(filepath.Join(root, unfinished)); err != nil {
		return nil, fmt.Errorf("sweep unfinished blobs: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(root, unfinished), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of blobs: %w", err)
	}
	for shard := range 256 {
		err := os.Mkdir(filepath.Join(root, fmt.Sprintf("%02x", shard)), 0o700)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("make a folder of blobs: %w", err)
		}
	}
	return &Dir{root: root}, syncFolder(root)
}

// Put implements [generation.Blobs]. It ends early with ctx's error when ctx ends. Nothing is kept on an error.
func (d *Dir) Put(ctx context.Context, r io.Reader, limit int64) (id string, size int64, err error) {
	defer func() {
		if errors.Is(err, syscall.ENOSPC) {
			err = fmt.Errorf("%w: %w", protocol.Errorf(protocol.CodeUnavailable, "nothing can be stored right now").After(time.Second), err)
		}
	}()
	tmp, err := os.CreateTemp(filepath.Join(d.root, unfinished), "*")
	if err != nil {
		return "", 0, fmt.Errorf("begin a blob: %w", err)
	}
	defer func() {
		_ = tmp.Close() // a second time after seal
		if gone := os.Remove(tmp.Name()); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, fmt.Errorf("remove an unfinished blob: %w", gone))
		}
	}()
	hash := sha256.New()
	size, err = io.Copy(io.MultiWriter(tmp, hash), &source{ctx: ctx, r: r, left: limit})
	if err != nil {
		return "", 0, fmt.Errorf("write a blob: %w", err)
	}
	id = hex.EncodeToString(hash.Sum(nil))
	if err := seal(tmp); err != nil {
		return "", 0, err
	}
	return id, size, d.place(tmp.Name(), id)
}

// seal makes what is in a file durable and closes it.
func seal(f *os.File) error {
	if err := f.Sync(); err != nil {
		return fmt.Errorf("sync a blob: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("close a blob: %w", err)
	}
	return nil
}

// place gives a sealed file its name. A blob that is there already has the same bytes, and is replaced by them: whoever
// wrote it may not have synced the folder yet.
func (d *Dir) place(tmp, id string) error {
	if err := os.Rename(tmp, d.path(id)); err != nil {
		return fmt.Errorf("place a blob: %w", err)
	}
	return syncFolder(filepath.Dir(d.path(id)))
}

func syncFolder(path string) error {
	f, err := os.Open(path) //nolint:gosec // of this package
	if err != nil {
		return fmt.Errorf("open a folder of blobs: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("sync a folder of blobs: %w", err)
	}
	return nil
}

// Open implements [generation.Blobs].
func (d *Dir) Open(_ context.Context, id string) (generation.Blob, error) {
	if !validID(id) {
		return nil, notFound(id)
	}
	f, err := os.Open(d.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notFound(id)
	}
	if err != nil {
		return nil, fmt.Errorf("open blob %s: %w", id, err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open blob %s: %w", id, err), f.Close())
	}
	return file{f, info.Size()}, nil
}

func (d *Dir) path(id string) string { return filepath.Join(d.root, id[:2], id) }

// validID tells whether id is a SHA-256 in lower-case hex. Nothing else may become a path.
func validID(id string) bool {
	raw, err := hex.DecodeString(id)
	return err == nil && len(raw) == sha256.Size && !strings.ContainsAny(id, "ABCDEF")
}

func notFound(id string) error { return protocol.Errorf(protocol.CodeNotFound, "no blob %q", id) }

// file is an open blob.
type file struct {
	*os.File
	size int64
}

// Size implements [generation.Blob].
func (f file) Size() int64 { return f.size }

// source is a reader that fails when its context has ended, or with PAYLOAD_TOO_LARGE when more comes than is left. A
// Read that blocks is not interrupted: it has to end by itself.
type source struct {
	ctx  context.Context //nolint:containedctx // for the time of one Put
	r    io.Reader
	left int64
}

func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err //nolint:wrapcheck // of the context
	}
	n, err := s.r.Read(p)
	if s.left -= int64(n); s.left < 0 {
		return 0, protocol.Errorf(protocol.CodePayloadTooLarge, "more bytes than allowed")
	}
	return n, err //nolint:wrapcheck // io.EOF among others
}
