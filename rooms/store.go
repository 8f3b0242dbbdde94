package rooms

import (
	"context"
	"errors"

	"atelier/protocol"
)

// Row is a change as the log keeps it. The log is the truth: everything else about a room's canvas follows from it.
type Row struct {
	protocol.Committed

	Base     int64    // what the author had seen
	Gesture  string   // the client's gesture and episode; "" when it named none
	Episode  string   //
	Undo     string   // id of the change that this one takes back
	Merged   string   // the branch that this change merged
	Restored int64    // the revision that this change brought back; 0 when it did not
	Digest   [32]byte // SHA-256 of what the client asked for; tells a retry from another change with the same id
	Result   []byte   // encoded reply body, given again to a retry
}

// Outcome is what became of a change id that is already in the log.
type Outcome struct {
	Rev    int64
	User   string
	Digest [32]byte
	Result []byte
}

// Stored is what a store knows of a room when it is loaded: its newest snapshot and the rows after it.
type Stored struct {
	Epoch      string // changes when the log is not the same log any more (restored from a backup)
	SnapshotAt int64  // revision of Snapshot; 0 when there is none
	Snapshot   []byte // as [State] encoded it; nil when there is none
	Rows       []Row  // SnapshotAt+1 … head, in order, without gaps
}

// Store keeps rooms' logs and snapshots. All methods are safe for concurrent use by many rooms; a room has at most one
// Commit in flight. Every error that is not one of this package's leaves the outcome of a Commit unknown: the caller
// reads the log before it answers anybody.
type Store interface {
	// Load reads a room. ErrNoRoom when there is no such room or it was deleted.
	Load(ctx context.Context, room string) (Stored, error)

	// Commit appends rows, whose revisions are head+1, head+2, …, durably and atomically: on return without an error they
	// survive the loss of power. ErrHeadMoved when the log's head is not head; *DuplicateError when change ids are in the
	// log already; ErrNoRoom. On these nothing is written.
	Commit(ctx context.Context, room string, head int64, rows []Row) error

	// Rows reads at most limit rows with after < rev, in order; fewer than limit means that the head was reached.
	Rows(ctx context.Context, room string, after int64, limit int) ([]Row, error)

	// SaveSnapshot keeps a snapshot of the room at rev. An older snapshot than the stored one is ignored. The log stays
	// whole: history survives. So does an old snapshot every few thousand revisions, as a checkpoint.
	SaveSnapshot(ctx context.Context, room string, rev int64, snapshot []byte) error

	// Checkpoint reads the newest snapshot that is kept of rev or before; 0 and nil when there is none. ErrNoRoom.
	Checkpoint(ctx context.Context, room string, rev int64) (at int64, snapshot []byte, err error)
}

// LockingStore is a [Store] that several instances write to. It lets a batch be judged while nobody else can commit to the
// room, so that two busy instances cannot starve each other.
type LockingStore interface {
	// CommitUnderLock holds the room's head, gives judge the rows after revision after and appends what it returns, as Commit
	// does; with nothing to append nothing is written. An error of judge is returned, and nothing is written.
	CommitUnderLock(ctx context.Context, room string, after int64, judge func(missed []Row) ([]Row, error)) error
}

// Errors of a Store.
var (
	ErrNoRoom    = errors.New("no such room")
	ErrHeadMoved = errors.New("the log's head has moved")
)

// DuplicateError reports change ids that the log has already, with what became of them.
type DuplicateError struct{ Outcomes map[string]Outcome }

func (e *DuplicateError) Error() string { return "change ids are in the log already" }
