package client

import "atelier/protocol"

// The latest-wins lane: what is not known (a member who left, a job not seen) is skipped.

func (r *Room) cursorsLocked(b []byte, n uint32) error {
	for ; n >= 3; n -= 3 {
		m, x, y, rest, err := protocol.ReadPosition(b)
		if err != nil {
			return err //nolint:wrapcheck // names what it is
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
		m, state, rest, err := protocol.ReadState(b)
		if err != nil {
			return err //nolint:wrapcheck // names what it is
		}
		b = rest
		if member := r.members[m]; member != nil {
			member.Presence = decodeMap(state)
			r.emitLocked(Presence{M: m, State: member.Presence})
		}
	}
	return nil
}

func (r *Room) progressLocked(b []byte, n uint32) error {
	for ; n > 0; n-- {
		p, rest, err := protocol.ReadProgress(b)
		if err != nil {
			return err //nolint:wrapcheck // names what it is
		}
		b = rest
		if job, ok := r.jobs.byID[p.Job]; ok && job.Attempt == p.Attempt {
			r.emitLocked(JobProgress{Progress: p})
		}
	}
	return nil
}
