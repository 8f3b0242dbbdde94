package hub

import "sync"

// pingFrame is an empty ping (RFC 6455 §5.5.2).
const pingFrame = "\x89\x00"

// gatherers are the buffers in which small frames meet. They are shared by the outboxes of a hub.
type gatherers struct{ pool sync.Pool }

func newGatherers() *gatherers {
	return &gatherers{pool: sync.Pool{New: func() any {
		b := make([]byte, 0, gatherSize)
		return &b
	}}}
}

// writeTogether writes an errand's frames in their order with as few writes as is reasonable: small ones are copied
// together, large ones go as they are.
func (o *outbox) writeTogether(e errand) error {
	if len(e.ordered) == 1 && !e.ping && e.latest == nil {
		return o.write(e.ordered[0].Wire(), 1)
	}
	buf := o.gatherers.pool.Get().(*[]byte) //nolint:forcetypeassert // the pool holds nothing else
	defer o.gatherers.pool.Put(buf)
	b, frames := (*buf)[:0], 0
	flush := func() error {
		if frames == 0 {
			return nil
		}
		err := o.write(b, frames)
		b, frames = b[:0], 0
		return err
	}
	add := func(wire []byte) error {
		if len(b)+len(wire) > cap(b) || len(wire) > gatherUpTo {
			if err := flush(); err != nil {
				return err
			}
		}
		if len(wire) > gatherUpTo {
			return o.write(wire, 1)
		}
		b, frames = append(b, wire...), frames+1
		return nil
	}
	for _, f := range e.ordered {
		if err := add(f.Wire()); err != nil {
			return err
		}
	}
	if e.ping {
		if err := add([]byte(pingFrame)); err != nil {
			return err
		}
	}
	if e.latest != nil {
		if err := add(e.latest.Wire()); err != nil {
			return err
		}
	}
	return flush()
}
