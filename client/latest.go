package client

import (
	"github.com/tinylib/msgp/msgp"

	"atelier/protocol"
)

// The latest-wins lane: what is not known (a member who left, a job not seen) is skipped.

func (r *Room) cursorsLocked(b []byte, n uint32) error {
	for ; n >= 3; n -= 3 {
		m, rest, err := msgp.ReadUint32Bytes(b)
		if err != nil {
			return protocol.ErrMalformed
		}
		x, rest, err := msgp.ReadFloat32Bytes(rest)
		if err != nil {
			return protocol.ErrMalformed
		}
		y, rest, err := msgp.ReadFloat32Bytes(rest)
		if err != nil {
			return protocol.ErrMalformed
		}
		b = rest
		if member := r.members[m]; member != nil {
			member.X, member.Y, member.HasCursor = x, y, true
			r.emitLocked(Cursor{M: m, X: x, Y: y})
		}
	}
	return nil
}

func (r *Room) statesLocked(b []byte, n uint32) error {
	for ; n >= 2; n -= 2 {
		m, rest, err := msgp.ReadUint32Bytes(b)
		if err != nil {
			return protocol.ErrMalformed
		}
		after, err := msgp.Skip(rest)
		if err != nil {
			return protocol.ErrMalformed
		}
		if member := r.members[m]; member != nil {
			member.Presence = decodeMap(rest[:len(rest)-len(after)])
			r.emitLocked(Presence{M: m, State: member.Presence})
		}
		b = after
	}
	return nil
}

func (r *Room) progressLocked(b []byte, n uint32) error {
	for ; n > 0; n-- {
		var p protocol.Progress
		parts, rest, err := msgp.ReadArrayHeaderBytes(b)
		if err != nil || parts != 4 {
			return protocol.ErrMalformed
		}
		if p.Job, rest, err = msgp.ReadStringBytes(rest); err != nil {
			return protocol.ErrMalformed
		}
		if p.Attempt, rest, err = msgp.ReadIntBytes(rest); err != nil {
			return protocol.ErrMalformed
		}
		fraction, rest, err := msgp.ReadFloat32Bytes(rest)
		if err != nil {
			return protocol.ErrMalformed
		}
		p.Fraction = float64(fraction)
		if msgp.IsNil(rest) {
			rest, err = msgp.ReadNilBytes(rest)
		} else {
			p.Preview, rest, err = msgp.ReadStringBytes(rest)
		}
		if err != nil {
			return protocol.ErrMalformed
		}
		b = rest
		if job, ok := r.jobs.byID[p.Job]; ok && job.Attempt == p.Attempt {
			r.emitLocked(JobProgress{Progress: p})
		}
	}
	return nil
}
