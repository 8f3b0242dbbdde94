package rooms

import (
	"context"

	"atelier/protocol"
)

// OfKind lists the live records of main that have a kind. The room's actor is not held up by it.
func (a *Archive) OfKind(ctx context.Context, room string, kind protocol.Kind) (rev int64, records []Record, err error) {
	var s Snapshot
	err = a.in(ctx, room, func(r *Room) (err error) {
		s, err = ask(ctx, r, r.state.share)
		return err
	})
	if err != nil {
		return 0, nil, err
	}
	for _, p := range s.pages {
		for _, r := range p.records {
			if r.kind == kind && !r.deleted() {
				records = append(records, Record{ID: r.id, Kind: string(r.kind), Props: r.props()})
			}
		}
	}
	return s.Rev, records, nil
}
