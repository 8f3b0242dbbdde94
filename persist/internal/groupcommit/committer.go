package groupcommit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// ErrClosed is returned for what comes after [Committer.Close]. Nothing was written.
var ErrClosed = errors.New("database is closed")

// Begin prepares a transaction that was just begun, as by taking a lock.
type Begin func(ctx context.Context, tx *sql.Tx) error

// queueSize bounds how many writes wait, and how many share one commit: enough that a group's fsync is shared by
// everybody who can be waiting, few enough that a group stays short.
const queueSize = 256

// operation is one write on its way through the committer.
type operation struct {
	run   func(tx *sql.Tx) error
	done  chan error
	taken atomic.Bool // by the committer, which then answers, or by its caller, who then does not wait any more
}

func (o *operation) take() bool { return o.taken.CompareAndSwap(false, true) }

// Committer runs the writes of a process, those that wait in one transaction. All methods are safe for concurrent use.
type Committer struct {
	queue   chan *operation
	closing chan struct{}
	stopped chan struct{}
	once    sync.Once

	// Owned by run.
	begin      Begin
	ctx        context.Context //nolint:containedctx // of the goroutine, without end
	pool       *sql.DB
	statements map[string]*sql.Stmt
	fresh      map[string]*sql.Stmt // prepared for the transaction under way alone
	missed     []string             // queries to be prepared when the transaction is over
}

// Start begins to commit to a pool that it may use until it is closed, and that it does not close. Begin may be nil. The end
// of ctx does not end it.
func Start(ctx context.Context, pool *sql.DB, begin Begin) *Committer {
	c := &Committer{
		queue:      make(chan *operation, queueSize),
		closing:    make(chan struct{}),
		stopped:    make(chan struct{}),
		begin:      begin,
		ctx:        context.WithoutCancel(ctx),
		pool:       pool,
		statements: make(map[string]*sql.Stmt),
		fresh:      make(map[string]*sql.Stmt),
	}
	go c.run()
	return c
}

// Close finishes the writes that were accepted and refuses new ones with [ErrClosed].
func (c *Committer) Close() {
	c.once.Do(func() { close(c.closing) })
	<-c.stopped
}

// Do runs fn in a transaction that it shares with other writes, and returns when the commit is on the disk. When fn returns
// an error, nothing of fn is written and that error is returned. Any error that is not fn's own leaves open whether fn was
// written.
//
// fn runs on the committer's goroutine: it must be short, must not panic, must use nothing but tx to reach the database,
// and may be run again from the start, after everything the first run did was taken back. Its context is ctx without its
// end, because an interrupted statement can take a whole transaction with it. When ctx ends before fn was begun, fn is not
// run and ctx's error is returned; after that Do waits for the outcome.
func (c *Committer) Do(ctx context.Context, fn func(ctx context.Context, tx *sql.Tx) error) error {
	inner := context.WithoutCancel(ctx)
	return c.do(ctx, &operation{
		run:  func(tx *sql.Tx) error { return fn(inner, tx) },
		done: make(chan error, 1), // the committer never waits for a caller
	})
}

func (c *Committer) do(ctx context.Context, o *operation) error {
	select { // first, because a select of several that are ready takes any
	case <-c.closing:
		return ErrClosed
	case <-ctx.Done():
		return fmt.Errorf("wait for the writer: %w", ctx.Err())
	default:
	}
	select {
	case c.queue <- o:
	case <-ctx.Done():
		return fmt.Errorf("wait for the writer: %w", ctx.Err())
	case <-c.stopped:
		return ErrClosed
	}
	select {
	case err := <-o.done:
		return err
	case <-ctx.Done():
		if o.take() {
			return fmt.Errorf("wait for the writer: %w", ctx.Err())
		}
	case <-c.stopped:
		if o.take() {
			return ErrClosed
		}
	}
	return <-o.done
}

func (c *Committer) run() {
	defer close(c.stopped)
	for {
		select {
		case o := <-c.queue:
			c.commit(c.waiting(o))
		case <-c.closing:
			for {
				select {
				case o := <-c.queue:
					c.commit(c.waiting(o))
				default:
					return
				}
			}
		}
	}
}

// waiting takes the first operation and all that are in the queue behind it, without waiting for more.
func (c *Committer) waiting(first *operation) []*operation {
	var group []*operation
	for o := first; ; {
		if o.take() {
			group = append(group, o)
		}
		if len(group) == queueSize {
			return group
		}
		select {
		case o = <-c.queue:
		default:
			return group
		}
	}
}

// commit runs a group and answers every operation of it.
func (c *Committer) commit(group []*operation) {
	if len(group) == 0 {
		return
	}
	verdicts, err := c.transact(group)
	if errors.Is(err, errBroken) && len(group) > 1 {
		for _, o := range group {
			c.commit([]*operation{o})
		}
		return
	}
	for i, o := range group {
		if err != nil {
			o.done <- err
			continue
		}
		o.done <- verdicts[i]
	}
	c.prepareMissed()
}

// errBroken marks a transaction that came to nothing before its COMMIT.
var errBroken = errors.New("transaction broke before its commit")

// transact runs a group in one transaction. Without an error it is on the disk, and verdicts are the operations' own
// errors: they hold only now, because each operation saw what those before it wrote.
func (c *Committer) transact(group []*operation) (verdicts []error, err error) {
	tx, err := c.pool.BeginTx(c.ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: begin: %w", errBroken, err)
	}
	defer clear(c.fresh) // they end with the transaction
	if c.begin != nil {
		if err := c.begin(c.ctx, tx); err != nil {
			_ = tx.Rollback()
			return nil, fmt.Errorf("%w: begin: %w", errBroken, err)
		}
	}
	verdicts = make([]error, len(group))
	written := 0
	for i, o := range group {
		verdicts[i], err = c.inSavepoint(tx, o)
		if err != nil {
			_ = tx.Rollback() // the database has by itself, or does now
			return nil, fmt.Errorf("%w: %w", errBroken, err)
		}
		if verdicts[i] == nil {
			written++
		}
	}
	if written == 0 {
		if err := tx.Rollback(); err != nil {
			return nil, fmt.Errorf("%w: roll back: %w", errBroken, err)
		}
		return verdicts, nil
	}
	if err := tx.Commit(); err != nil {
		return nil, fmt.Errorf("commit with unknown outcome: %w", err)
	}
	return verdicts, nil
}

// inSavepoint runs one operation. Err means that the transaction is lost, verdict that the operation alone is.
func (c *Committer) inSavepoint(tx *sql.Tx, o *operation) (verdict, err error) {
	if err := c.exec(tx, "SAVEPOINT operation"); err != nil {
		return nil, err
	}
	if verdict = o.run(tx); verdict == nil {
		return nil, c.exec(tx, "RELEASE operation")
	}
	if err := c.exec(tx, "ROLLBACK TO operation"); err != nil {
		return nil, errors.Join(verdict, err)
	}
	return verdict, c.exec(tx, "RELEASE operation")
}

func (c *Committer) exec(tx *sql.Tx, query string) error {
	stmt, err := c.Prepared(c.ctx, tx, query) //nolint:sqlclosecheck // cached
	if err != nil {
		return err
	}
	if _, err := stmt.ExecContext(c.ctx); err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	return nil
}
