package rooms

import (
	"context"
	"errors"
	"slices"
	"sync"

	"atelier/protocol"
)

// memStore is a store in memory with faults on demand.
type memStore struct {
	mu        sync.Mutex
	epoch     string
	rows      []Row
	byID      map[string]int
	snapshot  []byte
	snapRev   int64
	commits   int
	gone      bool
	jobs      int64 // newest sequence of the queue
	readFault error

	// fault, when set, runs before a commit: it may block, and tells what to do.
	fault func(rows []Row) verdict
}

type verdict int

const (
	store     verdict = iota // commit
	refuse                   // fail, nothing is stored
	storeFail                // store, and fail all the same: the outcome is unknown to the caller
)

var errFault = errors.New("store fault")

func newMemStore() *memStore { return &memStore{epoch: "e1", byID: make(map[string]int)} }

func (s *memStore) Load(context.Context, string) (Stored, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone {
		return Stored{}, ErrNoRoom
	}
	return Stored{Epoch: s.epoch, SnapshotAt: s.snapRev, Snapshot: s.snapshot, Rows: slices.Clone(s.rows[s.snapRev:])}, nil
}

func (s *memStore) Commit(ctx context.Context, room string, head int64, rows []Row) error {
	return s.commit(ctx, room, head, rows, func() bool { return false })
}

// commit is Commit on behalf of a process that may be dead by the time the fault has run.
func (s *memStore) commit(_ context.Context, _ string, head int64, rows []Row, dead func() bool) error {
	s.mu.Lock()
	fault := s.fault
	s.mu.Unlock()
	act := store
	if fault != nil {
		act = fault(rows)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commits++
	if s.gone {
		return ErrNoRoom
	}
	if act == refuse || dead() {
		return errFault
	}
	if head != int64(len(s.rows)) {
		return ErrHeadMoved
	}
	known := make(map[string]Outcome)
	for _, row := range rows {
		if i, ok := s.byID[row.ID]; ok {
			have := s.rows[i]
			known[row.ID] = Outcome{Rev: have.Rev, User: have.User, Digest: have.Digest, Result: have.Result}
		}
	}
	if len(known) > 0 {
		return &DuplicateError{Outcomes: known}
	}
	for _, row := range rows {
		s.byID[row.ID] = len(s.rows)
		s.rows = append(s.rows, row)
	}
	if act == storeFail {
		return errFault
	}
	return nil
}

// lockingStore is the store when several instances write to it.
type lockingStore struct {
	*memStore

	lock   chan struct{} // holds one
	locked int
}

func newLockingStore(s *memStore) *lockingStore {
	return &lockingStore{memStore: s, lock: make(chan struct{}, 1)}
}

func (s *lockingStore) Commit(ctx context.Context, room string, head int64, rows []Row) error {
	s.lock <- struct{}{}
	defer func() { <-s.lock }()
	return s.memStore.Commit(ctx, room, head, rows)
}

func (s *lockingStore) CommitUnderLock(ctx context.Context, room string, after int64, judge func([]Row) ([]Row, error)) error {
	s.lock <- struct{}{}
	defer func() { <-s.lock }()
	s.locked++
	missed, err := s.Rows(ctx, room, after, 1<<20)
	if err != nil {
		return err
	}
	rows, err := judge(missed)
	if err != nil || len(rows) == 0 {
		return err
	}
	return s.memStore.Commit(ctx, room, after+int64(len(missed)), rows)
}

func (s *memStore) Rows(_ context.Context, _ string, after int64, limit int) ([]Row, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.readFault != nil {
		return nil, s.readFault
	}
	rows := s.rows[min(after, int64(len(s.rows))):]
	return slices.Clone(rows[:min(limit, len(rows))]), nil
}

func (s *memStore) Checkpoint(_ context.Context, _ string, rev int64) (at int64, snapshot []byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.snapshot == nil || s.snapRev > rev {
		return 0, nil, nil
	}
	return s.snapRev, s.snapshot, nil
}

func (s *memStore) SaveSnapshot(_ context.Context, _ string, rev int64, snapshot []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if rev > s.snapRev {
		s.snapRev, s.snapshot = rev, snapshot
	}
	return nil
}

func (s *memStore) setFault(f func(rows []Row) verdict) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// putJob stores a job's transition.
func (s *memStore) putJob() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jobs++
	return s.jobs
}

func (s *memStore) log() []Row {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.rows)
}

// stream is an outbox that a test reads. It pulls the catch-up at once, as a fast socket would.
type stream struct {
	mu      sync.Mutex
	frames  [][]byte // ordered: welcome, catch-up, lane
	latest  [][]byte
	keys    int
	slow    bool // refuses latest frames: the one before is still unwritten
	catchup Catchup
	closed  protocol.CloseCode
}

func (o *stream) Begin(first *protocol.Frame, c Catchup) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.frames = append(o.frames, first.Payload())
	o.catchup = c
}

func (o *stream) Ordered(f *protocol.Frame) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed == 0 {
		o.frames = append(o.frames, f.Payload())
	}
}

func (o *stream) Latest(f *protocol.Frame) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.slow {
		return false
	}
	o.latest = append(o.latest, f.Payload())
	return true
}

func (o *stream) Keyframe(f *protocol.Frame) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.keys++
	o.latest = append(o.latest, f.Payload())
}

func (o *stream) Close(code protocol.CloseCode, _ string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed == 0 {
		o.closed = code
	}
}
