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

// abandoned is how long nothing was written to an unfinished blob that a crash has left. A younger one may be another
// process's that is at work.
const abandoned = time.Hour

// Store keeps blobs and can list them. All methods are safe for concurrent use.
type Store interface {
	generation.Blobs
	// List calls fn with every blob's id and bytes, in no particular order, and ends early with fn's error. What is stored
	// meanwhile may be among them or not; half a blob never is.
	List(ctx context.Context, fn func(id string, size int64) error) error
	// Close lets go of what the store holds open; blobs that are open stay usable.
	Close() error
}

// spool is a folder of blobs on their way.
type spool string

// openSpool makes the folder and sweeps what crashes have left there.
func openSpool(folder string) (spool, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("make the folder of unfinished blobs: %w", err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return "", fmt.Errorf("sweep unfinished blobs: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || time.Since(info.ModTime()) < abandoned {
			continue // it went meanwhile, or is somebody's
		}
		if err := os.Remove(filepath.Join(folder, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("sweep unfinished blobs: %w", err)
		}
	}
	return spool(folder), nil
}

// arrival is a blob that has come as a whole into a file of the spool.
type arrival struct {
	*os.File
	id   string
	size int64
}

// take writes what comes to a file while hashing it, and hands that to keep; the file goes afterwards, unless keep has
// renamed it. A full disk is UNAVAILABLE.
func (s spool) take(ctx context.Context, r io.Reader, limit int64, keep func(arrival) error) (id string, size int64, err error) {
	defer func() {
		if errors.Is(err, syscall.ENOSPC) {
			err = unavailable(err)
		}
	}()
	tmp, err := os.CreateTemp(string(s), "*")
	if err != nil {
		return "", 0, fmt.Errorf("begin a blob: %w", err)
	}
	defer func() {
		_ = tmp.Close() // a second time when it was sealed
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
	if err := keep(arrival{tmp, id, size}); err != nil {
		return "", 0, err
	}
	return id, size, nil
}

// hashDigits is the length of an id.
const hashDigits = 2 * sha256.Size

// validID tells whether id is a SHA-256 in lower-case hex. Nothing else may become a path.
func validID(id string) bool {
	_, err := hex.DecodeString(id)
	return err == nil && len(id) == hashDigits && !strings.ContainsAny(id, "ABCDEF")
}

func notFound(id string) error { return protocol.Errorf(protocol.CodeNotFound, "no blob %q", id) }

// unavailable is what callers see of a store that is away or full.
func unavailable(cause error) error {
	return fmt.Errorf("%w: %w", protocol.Errorf(protocol.CodeUnavailable, "the store of assets does not work right now").After(time.Second), cause)
}

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
