package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"atelier/generation"
)

var _ Store = (*Dir)(nil)

// unfinished is the folder of blobs that are being written.
const unfinished = "tmp"

// shards is how many folders the blobs are in: one for each value of a hash's first byte.
const shards = 256

// Dir keeps blobs in a folder. All methods are safe for concurrent use.
type Dir struct {
	root  string
	spool spool
}

// OpenDir opens the folder, makes it when it is not there, and sweeps what a crash left unfinished. It makes the folders
// of all blobs at once, so that none has to be made durable while somebody waits.
func OpenDir(root string) (*Dir, error) {
	spool, err := openSpool(filepath.Join(root, unfinished))
	if err != nil {
		return nil, err
	}
	for i := range shards {
		err := os.Mkdir(filepath.Join(root, shard(i)), 0o700)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("make a folder of blobs: %w", err)
		}
	}
	if err := syncFolder(root); err != nil {
		return nil, err
	}
	return &Dir{root: root, spool: spool}, nil
}

func shard(i int) string { return fmt.Sprintf("%02x", i) }

// Put implements [generation.Blobs]. It ends early with ctx's error when ctx ends. Nothing is kept on an error.
func (d *Dir) Put(ctx context.Context, r io.Reader, limit int64) (id string, size int64, err error) {
	return d.spool.take(ctx, r, limit, func(a arrival) error {
		if err := seal(a.File); err != nil {
			return err
		}
		return d.place(a.Name(), a.id)
	})
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

// List implements [Store].
func (d *Dir) List(ctx context.Context, fn func(id string, size int64) error) error {
	for i := range shards {
		entries, err := os.ReadDir(filepath.Join(d.root, shard(i)))
		if err != nil {
			return fmt.Errorf("list blobs: %w", err)
		}
		for _, e := range entries {
			if err := ctx.Err(); err != nil {
				return err //nolint:wrapcheck // of the context
			}
			info, err := e.Info()
			if err != nil || !info.Mode().IsRegular() || !validID(e.Name()) || e.Name()[:2] != shard(i) {
				continue // it went meanwhile, or is none of ours
			}
			if err := fn(e.Name(), info.Size()); err != nil {
				return err
			}
		}
	}
	return nil
}

// Close implements [Store]: a folder holds nothing open.
func (d *Dir) Close() error { return nil }

// file is an open blob.
type file struct {
	*os.File
	size int64
}

// Size implements [generation.Blob].
func (f file) Size() int64 { return f.size }
