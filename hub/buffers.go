package hub

import (
	"bytes"
	"sync"
)

// largeMessage is the largest buffer that is kept for the next message.
const largeMessage = 128 << 10

// buffers are what client messages are read into. A socket holds one only while a message comes in and is dispatched.
type buffers struct{ pool sync.Pool }

func newBuffers() *buffers {
	return &buffers{pool: sync.Pool{New: func() any { return new(bytes.Buffer) }}}
}

func (p *buffers) get() *bytes.Buffer {
	b := p.pool.Get().(*bytes.Buffer) //nolint:forcetypeassert // the pool holds nothing else
	b.Reset()
	return b
}

func (p *buffers) put(b *bytes.Buffer) {
	if b.Cap() <= largeMessage {
		p.pool.Put(b)
	}
}
