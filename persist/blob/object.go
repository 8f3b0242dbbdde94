package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/minio/minio-go/v7"
)

// What is asked for at a time doubles while somebody reads on: who wants the head of a blob does not have it sent as a
// whole, and who wants it as a whole does not ask often.
const (
	firstRange = 256 << 10
	lastRange  = 16 << 20
)

// again is the pause before the second attempt to read; it doubles.
const again = 100 * time.Millisecond

var errSeek = errors.New("seek before the beginning of a blob")

// object is an open blob of an [S3]: a position, and the range that is being received there, if any.
type object struct {
	store  *S3
	ctx    context.Context //nolint:containedctx // ends with Close
	cancel context.CancelFunc
	id     string
	size   int64

	at    int64 // of the next byte for the reader
	body  io.ReadCloser
	from  int64 // the next byte of body
	until int64 // where body ends
	width int64 // of the range after it
}

// Size implements [generation.Blob].
func (o *object) Size() int64 { return o.size }

// Seek implements [io.Seeker]. It asks nothing of the store.
func (o *object) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += o.at
	case io.SeekEnd:
		offset += o.size
	}
	if offset < 0 {
		return 0, errSeek
	}
	o.at = offset
	return offset, nil
}

// Read implements [io.Reader]. What breaks off is read on from where it did; UNAVAILABLE when that does not help.
func (o *object) Read(p []byte) (int, error) {
	if err := o.ctx.Err(); err != nil {
		return 0, fmt.Errorf("read blob %s: %w", o.id, err)
	}
	if o.at >= o.size {
		return 0, io.EOF
	}
	var err error
	for attempt := range attempts {
		if attempt > 0 && !o.pause(again<<attempt) {
			break
		}
		var n int
		if n, err = o.receive(p); err == nil || n > 0 {
			return n, nil
		}
		if isMissing(err) {
			return 0, notFound(o.id)
		}
	}
	return 0, o.store.failed(o.ctx, "read blob "+o.id, err)
}

// pause reports false when the blob has been closed.
func (o *object) pause(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-o.ctx.Done():
		return false
	}
}

// receive reads of the range at the position, and asks for it when there is none.
func (o *object) receive(p []byte) (int, error) {
	if o.body == nil || o.from != o.at {
		if err := o.ask(); err != nil {
			return 0, err
		}
	}
	n, err := o.body.Read(p[:min(int64(len(p)), o.until-o.at)])
	o.at += int64(n)
	o.from = o.at
	switch {
	case o.at == o.until:
		o.drop()
		return n, nil
	case errors.Is(err, io.EOF):
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		o.drop()
	}
	return n, err //nolint:wrapcheck // by Read
}

// ask begins a range at the position.
func (o *object) ask() error {
	reading := o.from == o.at && o.width > 0
	o.drop()
	if !reading {
		o.width = firstRange
	}
	until := min(o.at+o.width, o.size)
	var options minio.GetObjectOptions
	if err := options.SetRange(o.at, until-1); err != nil {
		return err //nolint:wrapcheck // by Read
	}
	body, info, _, err := o.store.core.GetObject(o.ctx, o.store.at.bucket, o.store.at.key(o.id), options)
	if err != nil {
		return err //nolint:wrapcheck // by Read
	}
	if info.Size != until-o.at {
		return errors.Join(fmt.Errorf("asked for %d bytes and got %d", until-o.at, info.Size), body.Close())
	}
	o.body, o.from, o.until = body, o.at, until
	o.width = min(2*o.width, lastRange)
	return nil
}

// drop ends the range that is being received.
func (o *object) drop() {
	if o.body != nil {
		_ = o.body.Close() // it was only read
		o.body = nil
	}
}

// Close implements [io.Closer].
func (o *object) Close() error {
	o.cancel()
	o.drop()
	return nil
}
