package relational

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Errors that [Tx.ExecContext] tells apart, beside the driver's own.
var (
	ErrUnique  = errors.New("a row with the same key is there")
	ErrForeign = errors.New("a row that is referred to is not there")
)

// Database runs the transactions of a [Store]. A function that it is given must be short, must not panic, must use nothing
// but tx to reach the database, and may be run again from the start, after everything the first run did was taken back.
// When it returns an error, nothing of it is written and that error is returned; any error that is not its own leaves open
// whether it was written.
type Database interface {
	// Write runs fn in a transaction and returns when the commit is on the disk.
	Write(ctx context.Context, in Scope, fn func(ctx context.Context, tx Tx) error) error
	// WriteInOrder is Write after and before all others of WriteInOrder, of all instances: nothing that fn reads of the queue
	// changes until its end.
	WriteInOrder(ctx context.Context, in Scope, fn func(ctx context.Context, tx Tx) error) error
	// Read runs fn, whose queries each see all that was acknowledged before.
	Read(ctx context.Context, in Scope, fn func(ctx context.Context, tx Tx) error) error
	// View is Read in which all queries see one moment.
	View(ctx context.Context, in Scope, fn func(ctx context.Context, tx Tx) error) error
	// Dialect is how this database says what databases say differently.
	Dialect() *Dialect
}

// Tx reaches the database within a transaction. Parameters are ? or ?1, ?2, …; queries are constants of the program, because
// each is prepared and kept.
type Tx interface {
	// ExecContext is that of [sql.Tx]; see [ErrUnique] and [ErrForeign].
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	// Enter goes on in another scope.
	Enter(ctx context.Context, s Scope) error
	// Now is the store's clock, one moment for the whole transaction. It alone judges what has expired or lapsed.
	Now() time.Time
}

// Dialect is what SQL has no common words for. Queries over all workspaces give keys alone: what they name is read in the
// scope of its workspace.
//
// A database within the process has Turn and Routes. One that every statement has to travel to has Claim and Join instead.
type Dialect struct {
	// Turn finds whose turn it is.
	Turn func(ctx context.Context, tx Tx, w Wanted) (t Turn, found bool, err error)
	// Routes is a table expression with the elements of the JSON list ?1, as able.value.
	Routes string
	// Claim is a table expression that claims the job whose turn it is and has its row of jobs, or none. Its parameters are the
	// routes (a JSON list), the room and the limit of a [Wanted], the worker, its name, and the end of the lease in unix ms. The
	// transaction has entered the job's workspace then.
	Claim string
	// Join is a statement that makes a job one of those that wait: its workspace, room, requester, route and place.
	Join string
	// Running counts the jobs that workers have of provider ?.
	Running string
	// Lapsed, Due and HeldBy find one job (workspace, room, id): whose lease has ended by ? (unix ms), whose delay has ended by ?,
	// that worker ? has.
	Lapsed, Due, HeldBy string
	// Unplaced finds the succeeded jobs (n, workspace, room, id) without a place behind n ?, at most ?.
	Unplaced string
	// Busy and Waiting find jobs of the line in the columns that scanLine reads: those that workers have, and of room ? and
	// requester ? the next ? that wait.
	Busy, Waiting string
	// Turns finds the requesters who wait (workspace, its had, room, user, their had), those that are next first, at most ?.
	Turns string
	// Depth counts the jobs that wait.
	Depth string
}

// Wanted is what a worker asks the queue for.
type Wanted struct {
	Routes  string // JSON list
	Room    string // the only one to serve; "" for all
	Running int    // most jobs that a requester has at workers; 0 for no limit
}

// Turn is whose turn it is.
type Turn struct{ Workspace, Room, User string }
