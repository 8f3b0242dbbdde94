package relational

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"atelier/generation"
	"atelier/protocol"
)

// Command implements [generation.QueueStore].
func (s *Store) Command(ctx context.Context, room, id string, c generation.Command) (changed []protocol.Job, err error) {
	err = s.writeJobs(ctx, Room(room), func(t jobTx) error {
		if c.Clear {
			changed, err = t.clear(room, c.Owner)
			return err
		}
		r, err := t.find(room, id)
		switch {
		case err != nil:
			return err
		case c.Owner != "" && r.User != c.Owner:
			return protocol.Errorf(protocol.CodeForbidden, "the job is somebody else's")
		}
		changed, err = t.carryOut(&r, c)
		changed = append(changed, r.Job)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(changed, func(a, b protocol.Job) int { return int(a.Seq - b.Seq) })
	if i := slices.IndexFunc(changed, func(j protocol.Job) bool { return j.ID == id }); i >= 0 {
		changed = append(slices.Delete(slices.Clone(changed), i, i+1), changed[i])
	}
	return changed, nil
}

func (t jobTx) carryOut(r *jobRow, c generation.Command) ([]protocol.Job, error) {
	switch {
	case c.Cancel:
		return t.cancel(r)
	case c.Requeue != nil:
		return t.requeue(r, *c.Requeue)
	case c.Approve:
		return nil, t.approve(r)
	case c.Move != nil:
		return t.move(r, *c.Move)
	case c.Rate != nil:
		return nil, t.rate(r, *c.Rate)
	}
	return nil, fmt.Errorf("job %s: an empty command", r.ID)
}

func (t jobTx) cancel(r *jobRow) ([]protocol.Job, error) {
	if r.State.Final() {
		return nil, protocol.Errorf(protocol.CodeConflict, "the job is %s already", r.State)
	}
	r.token++
	r.end(protocol.JobCancelled, t.now)
	if err := t.save(r); err != nil {
		return nil, err
	}
	return t.carryOn(r)
}

func (t jobTx) clear(room, owner string) (changed []protocol.Job, err error) {
	rows, err := t.jobs(`SELECT `+jobColumns+` FROM jobs WHERE room = ?1 AND ended_at = 0 AND lease_until = 0
		AND (?2 = '' OR "user" = ?2) ORDER BY place`, room, owner)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].end(protocol.JobCancelled, t.now)
		if err := t.save(&rows[i]); err != nil {
			return nil, err
		}
		changed = append(changed, rows[i].Job)
	}
	return changed, nil
}

func (t jobTx) requeue(r *jobRow, caps generation.Caps) ([]protocol.Job, error) {
	if r.State != protocol.JobFailed && r.State != protocol.JobCancelled {
		return nil, protocol.Errorf(protocol.CodeConflict, "the job is %s", r.State)
	}
	steps, err := t.chainOf(r)
	if err != nil {
		return nil, err
	}
	if why := blocked(steps, r); why != nil {
		return nil, protocol.Errorf(protocol.CodeConflict, "%s: run that one again first", why.Message)
	}
	if err := t.checkCaps(r.Job, caps, 1); err != nil {
		return nil, err
	}
	if r.place, err = t.nextPlace(); err != nil {
		return nil, err
	}
	state := protocol.JobQueued
	if len(r.From) > 0 {
		inputs, ready := inputsOf(steps, r)
		if !ready {
			state = protocol.JobWaiting
		}
		if err := r.ask(func(req *protocol.JobRequest) { req.Inputs = inputs }); err != nil {
			return nil, err
		}
	}
	r.rest(state)
	r.Attempt, r.Error, r.EndedAt = 0, nil, 0
	if err := t.save(r); err != nil {
		return nil, err
	}
	return t.waitAgain(r)
}

func (t jobTx) approve(r *jobRow) error {
	if r.State != protocol.JobAwaitingApproval {
		return protocol.Errorf(protocol.CodeConflict, "the job is %s", r.State)
	}
	r.rest(protocol.JobQueued)
	return t.save(r)
}

// move deals the places of a requester's queued jobs out anew.
func (t jobTx) move(r *jobRow, before string) (changed []protocol.Job, err error) {
	if r.State != protocol.JobQueued {
		return nil, protocol.Errorf(protocol.CodeConflict, "the job is %s", r.State)
	}
	own, err := t.jobs(ownQuery, r.Room, r.User)
	if err != nil {
		return nil, err
	}
	places := make([]int64, 0, len(own))
	for _, j := range own {
		places = append(places, j.place)
	}
	slices.Sort(places)
	own = slices.DeleteFunc(own, func(j jobRow) bool { return j.n == r.n })
	at := len(own)
	if before != "" {
		if at = slices.IndexFunc(own, func(j jobRow) bool { return j.ID == before }); at < 0 {
			return nil, protocol.Errorf(protocol.CodeConflict, "before: not a queued job of the same person")
		}
	}
	switch {
	case at < len(own):
		r.Priority = own[at].Priority
	case len(own) > 0:
		r.Priority = own[at-1].Priority
	}
	own = slices.Insert(own, at, *r)
	for i := range own {
		if own[i].n == r.n {
			r.place = places[i]
			continue
		}
		if own[i].place == places[i] {
			continue
		}
		own[i].place = places[i]
		if err := t.exec(`UPDATE jobs SET place = ? WHERE n = ?`, places[i], own[i].n); err != nil {
			return nil, err
		}
	}
	return nil, t.save(r)
}

const ownQuery = `SELECT ` + jobColumns + ` FROM jobs WHERE room = ? AND "user" = ? AND state = 'queued' ORDER BY priority DESC, place`

func (t jobTx) rate(r *jobRow, rate generation.Rate) error {
	switch {
	case r.State != protocol.JobSucceeded:
		return protocol.Errorf(protocol.CodeConflict, "the job is %s", r.State)
	case rate.Index < 0 || rate.Index >= len(r.Results):
		return protocol.Errorf(protocol.CodeInvalidInput, "index: the job has %d results", len(r.Results))
	case rate.Stars < 0 || rate.Stars > 5:
		return protocol.Errorf(protocol.CodeInvalidInput, "stars: %d is not within 0–5", rate.Stars)
	case rate.Pick && r.Winner == rate.Index+1:
		r.Winner, r.WinnerBy = 0, ""
		return t.save(r)
	case rate.Pick:
		r.Winner, r.WinnerBy = rate.Index+1, rate.User
		return t.save(r)
	}
	r.Results = slices.Clone(r.Results)
	ratings := maps.Clone(r.Results[rate.Index].Ratings)
	switch {
	case ratings == nil && rate.Stars > 0:
		ratings = map[string]int{rate.User: rate.Stars}
	case rate.Stars > 0:
		ratings[rate.User] = rate.Stars
	default:
		delete(ratings, rate.User)
	}
	if len(ratings) == 0 {
		ratings = nil
	}
	r.Results[rate.Index].Ratings = ratings
	return t.save(r)
}

// Settings implements [generation.QueueStore].
func (s *Store) Settings(ctx context.Context, room string, patch *generation.SettingsPatch) (is generation.Settings, err error) {
	if patch == nil {
		err = s.db.Read(ctx, Room(room), func(ctx context.Context, tx Tx) error {
			_, is, err = scanSettings(tx.QueryRowContext(ctx, settingsQuery, room), room)
			return err
		})
		return is, err
	}
	err = s.writeJobs(ctx, Room(room), func(t jobTx) error {
		is, err = t.settle(room, *patch)
		return err
	})
	return is, err
}

const settingsQuery = `SELECT r.workspace, coalesce(q.paused, 0), coalesce(q.paused_by, ''), coalesce(q.approval_over, 0.0)
	FROM rooms r LEFT JOIN queue_rooms q ON q.room = r.id WHERE r.id = ?`

func scanSettings(row scanner, room string) (workspace string, s generation.Settings, err error) {
	err = row.Scan(&workspace, &s.Paused, &s.PausedBy, &s.ApprovalOver)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = protocol.Errorf(protocol.CodeNotFound, "room %.64s: no such room", room)
	case err != nil:
		err = fmt.Errorf("read the queue's settings: %w", err)
	}
	return workspace, s, err
}

func (t jobTx) settle(room string, patch generation.SettingsPatch) (s generation.Settings, err error) {
	workspace, s, err := scanSettings(t.tx.QueryRowContext(t.ctx, settingsQuery, room), room)
	if err != nil {
		return s, err
	}
	if patch.ApprovalOver != nil {
		s.ApprovalOver = *patch.ApprovalOver
	}
	if patch.Paused != nil && *patch.Paused != s.Paused {
		s.Paused, s.PausedBy = *patch.Paused, patch.By
		open := 0
		if !s.Paused {
			s.PausedBy, open = "", 1
		}
		if err := t.openRoom(workspace, room, open); err != nil {
			return s, err
		}
	}
	return s, t.exec(`INSERT INTO queue_rooms (room, paused, paused_by, approval_over) VALUES (?, ?, ?, ?)
		ON CONFLICT (room) DO UPDATE SET paused = excluded.paused, paused_by = excluded.paused_by,
		approval_over = excluded.approval_over`, room, flag(s.Paused), s.PausedBy, s.ApprovalOver)
}
