package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"

	"golang.org/x/sync/errgroup"

	"atelier/protocol"
)

// abreast is how many blobs are copied at a time: enough to hide the round trips of a store.
const abreast = 8

// ErrDamaged is a blob whose bytes are not those that its name is the hash of.
var ErrDamaged = errors.New("damaged blob")

// Copied is what a copy has come to.
type Copied struct {
	Blobs, There int   // that were copied, and that were in the other store before
	Bytes        int64 // that were copied
}

// Copy copies all blobs that from has and to has not, each verified against its hash on the way and durable in the other
// store before the next report. A copy that was broken off is taken up by copying again. Told hears of the state after each
// blob that was copied, one call at a time; it may be nil.
//
// A blob that is damaged ([ErrDamaged]) or went meanwhile (NOT_FOUND) is left out, and the others are copied; the error
// names all of these. Any other error ends the copy.
func Copy(ctx context.Context, from, to Store, told func(Copied)) (Copied, error) {
	c := copying{from: from, to: to, told: told}
	there, err := c.inventory(ctx)
	if err != nil {
		return Copied{}, err
	}
	all, copies := errgroup.WithContext(ctx)
	all.SetLimit(abreast)
	err = from.List(copies, func(id string, size int64) error {
		if have, ok := there[id]; ok && have == size {
			c.add(Copied{There: 1})
			return nil
		}
		all.Go(func() error { return c.copy(copies, id) })
		return nil
	})
	// What ended a copy ended the listing as well, which knows less about it.
	if failed := all.Wait(); failed != nil {
		err = failed
	}
	return c.done, errors.Join(append(c.left, err)...)
}

// copying is a copy that goes on.
type copying struct {
	from, to Store
	told     func(Copied)

	mu   sync.Mutex
	done Copied
	left []error // why blobs were left out
}

// inventory lists the other store: sizes by id.
func (c *copying) inventory(ctx context.Context) (map[string]int64, error) {
	there := make(map[string]int64)
	err := c.to.List(ctx, func(id string, size int64) error {
		there[id] = size
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the other store: %w", err)
	}
	return there, nil
}

func (c *copying) copy(ctx context.Context, id string) error {
	size, err := c.transfer(ctx, id)
	switch {
	case err == nil:
		c.add(Copied{Blobs: 1, Bytes: size})
	case errors.Is(err, ErrDamaged) || protocol.CodeOf(err) == protocol.CodeNotFound:
		c.leave(err)
	default:
		return err
	}
	return nil
}

func (c *copying) transfer(ctx context.Context, id string) (int64, error) {
	blob, err := c.from.Open(ctx, id)
	if err != nil {
		return 0, fmt.Errorf("copy blob %s: %w", id, err)
	}
	defer func() { _ = blob.Close() }() // it was only read
	want, err := hex.DecodeString(id)
	if err != nil {
		return 0, fmt.Errorf("copy blob %s: %w", id, err)
	}
	// A store keeps nothing of what fails to be read, so a damaged blob does not get in under another name.
	_, size, err := c.to.Put(ctx, &verified{r: blob, hash: sha256.New(), want: want}, blob.Size())
	if err != nil {
		return 0, fmt.Errorf("copy blob %s: %w", id, err)
	}
	return size, nil
}

func (c *copying) add(more Copied) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done.Blobs += more.Blobs
	c.done.There += more.There
	c.done.Bytes += more.Bytes
	if c.told != nil && more.Blobs > 0 {
		c.told(c.done)
	}
}

func (c *copying) leave(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left = append(c.left, err)
}

// verified fails at the end of what has not the hash that is wanted.
type verified struct {
	r    io.Reader
	hash hash.Hash
	want []byte
}

func (v *verified) Read(p []byte) (int, error) {
	n, err := v.r.Read(p)
	v.hash.Write(p[:n])
	if errors.Is(err, io.EOF) && !bytes.Equal(v.hash.Sum(nil), v.want) {
		err = ErrDamaged
	}
	return n, err //nolint:wrapcheck // io.Reader's contract
}
