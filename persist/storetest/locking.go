package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/rooms"
)

// LockingStore is a store that several instances write to.
type LockingStore interface {
	rooms.Store
	rooms.LockingStore
}

// Locking runs what every [rooms.LockingStore] must do, by two instances; the opener's stores have to be one.
func Locking(t *testing.T, open Opener) {
	t.Helper()
	for name, test := range map[string]func(t *testing.T, f *fixture, one, other LockingStore){
		"WhoHoldsTheHeadSeesAllThatItMissed":        holderSeesMissed,
		"WhoHoldsTheHeadIsNotOvertaken":             holderIsFirst,
		"WhatIsRefusedIsNotWrittenAndHoldsNobodyUp": refusedUnderLock,
		"KnownChangeIDsAreReportedToTheHolderToo":   duplicatesUnderLock,
		"RevisionsWithAGapAreRefusedOfTheHolderToo": gapsUnderLock,
		"ARoomThatIsNotThereCannotBeHeld":           unknownUnderLock,
		"OfTwoBusyInstancesNothingIsLostOrDoubled":  busyInstances,
		"TwoInstancesThatHoldInTurnsLeaveNoGap":     holdersInTurns,
		"AnEndedContextLetsGoOfTheHead":             endedUnderLock,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, open)
			second, closeSecond := open(t, f.dir, f.now)
			t.Cleanup(closeSecond)
			one, ok := f.Stores.(LockingStore)
			require.True(t, ok, "%T cannot be held", f.Stores)
			other, ok := second.(LockingStore)
			require.True(t, ok)
			f.room(t, "r")
			test(t, f, one, other)
		})
	}
}

// appending is a judge that appends n rows behind what was missed after a revision.
func appending(prefix string, after int64, n int) func(missed []rooms.Row) ([]rooms.Row, error) {
	return func(missed []rooms.Row) ([]rooms.Row, error) { return Rows(prefix, after+int64(len(missed)), n), nil }
}

func holderSeesMissed(t *testing.T, f *fixture, one, other LockingStore) {
	require.NoError(t, other.Commit(t.Context(), "r", 0, Rows("a", 0, 5)))
	require.NoError(t, one.CommitUnderLock(t.Context(), "r", 2, func(missed []rooms.Row) ([]rooms.Row, error) {
		require.Equal(t, Rows("a", 2, 3), missed)
		return Rows("b", 5, 2), nil
	}))
	require.NoError(t, other.CommitUnderLock(t.Context(), "r", 7, func(missed []rooms.Row) ([]rooms.Row, error) {
		require.Empty(t, missed)
		return nil, nil
	}), "nothing to append")
	require.Equal(t, append(Rows("a", 0, 5), Rows("b", 5, 2)...), f.log(t, "r"))
	require.NoError(t, other.Commit(t.Context(), "r", 7, Rows("c", 7, 1)), "nobody holds it any more")
}

func holderIsFirst(t *testing.T, f *fixture, one, other LockingStore) {
	beaten := make(chan error, 1)
	require.NoError(t, one.CommitUnderLock(t.Context(), "r", 0, func([]rooms.Row) ([]rooms.Row, error) {
		go func() { beaten <- other.Commit(t.Context(), "r", 0, Rows("other", 0, 3)) }()
		read, err := other.Rows(t.Context(), "r", 0, 10)
		require.NoError(t, err, "readers are not held up")
		require.Empty(t, read)
		return Rows("one", 0, 2), nil
	}))
	require.ErrorIs(t, <-beaten, rooms.ErrHeadMoved)
	require.Equal(t, Rows("one", 0, 2), f.log(t, "r"))
}

func refusedUnderLock(t *testing.T, f *fixture, one, other LockingStore) {
	refused := errors.New("refused")
	err := one.CommitUnderLock(t.Context(), "r", 0, func([]rooms.Row) ([]rooms.Row, error) { return Rows("a", 0, 1), refused })
	require.Equal(t, refused, err)
	require.Empty(t, f.log(t, "r"))
	require.NoError(t, other.Commit(t.Context(), "r", 0, Rows("b", 0, 1)))
}

func duplicatesUnderLock(t *testing.T, f *fixture, one, other LockingStore) {
	require.NoError(t, other.Commit(t.Context(), "r", 0, Rows("a", 0, 3)))
	err := one.CommitUnderLock(t.Context(), "r", 0, func([]rooms.Row) ([]rooms.Row, error) {
		again := Rows("b", 3, 2)
		again[1].ID = Rows("a", 0, 3)[1].ID
		return again, nil
	})
	duplicate, ok := errors.AsType[*rooms.DuplicateError](err)
	require.True(t, ok, "%v", err)
	known := Rows("a", 0, 3)[1]
	require.Equal(t, map[string]rooms.Outcome{known.ID: {Rev: 2, User: known.User, Digest: known.Digest, Result: known.Result}}, duplicate.Outcomes)
	require.Len(t, f.log(t, "r"), 3)
}

func gapsUnderLock(t *testing.T, f *fixture, one, _ LockingStore) {
	require.Error(t, one.CommitUnderLock(t.Context(), "r", 0, func([]rooms.Row) ([]rooms.Row, error) { return Rows("a", 1, 1), nil }))
	require.Empty(t, f.log(t, "r"))
}

func unknownUnderLock(t *testing.T, _ *fixture, one, _ LockingStore) {
	err := one.CommitUnderLock(t.Context(), "nowhere", 0, func([]rooms.Row) ([]rooms.Row, error) {
		t.Error("there is nothing to judge")
		return nil, nil
	})
	require.ErrorIs(t, err, rooms.ErrNoRoom)
}

// busyInstances has each of two instances commit as the actor of a room does: by compare-and-set, and holding the head when
// it was beaten.
func busyInstances(t *testing.T, f *fixture, one, other LockingStore) {
	const commits, batch = 60, 3
	var wg sync.WaitGroup
	for name, s := range map[string]LockingStore{"one": one, "other": other} {
		wg.Go(func() {
			head := int64(0)
			for i := range commits {
				prefix := fmt.Sprintf("%s-%d", name, i)
				err := s.Commit(t.Context(), "r", head, Rows(prefix, head, batch))
				if errors.Is(err, rooms.ErrHeadMoved) {
					err = s.CommitUnderLock(t.Context(), "r", head, func(missed []rooms.Row) ([]rooms.Row, error) {
						head += int64(len(missed))
						return Rows(prefix, head, batch), nil
					})
				}
				if err != nil {
					t.Error(err)
					return
				}
				head += batch
			}
		})
	}
	wg.Wait()
	requireWhole(t, f, commits, batch, "one", "other")
}

func holdersInTurns(t *testing.T, f *fixture, one, other LockingStore) {
	const commits, batch = 40, 2
	var wg sync.WaitGroup
	for name, s := range map[string]LockingStore{"one": one, "other": other} {
		wg.Go(func() {
			for i := range commits {
				if err := s.CommitUnderLock(t.Context(), "r", 0, appending(fmt.Sprintf("%s-%d", name, i), 0, batch)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	requireWhole(t, f, commits, batch, "one", "other")
}

// requireWhole makes sure that the log has each batch of each writer once, in its writer's order and in one piece.
func requireWhole(t *testing.T, f *fixture, commits, batch int, writers ...string) {
	t.Helper()
	log := f.log(t, "r")
	require.Len(t, log, len(writers)*commits*batch)
	next := make(map[string]int)
	for part := range slices.Chunk(log, batch) {
		head := part[0].Rev - 1
		writer := slices.IndexFunc(writers, func(w string) bool {
			return part[0].ID == Rows(fmt.Sprintf("%s-%d", w, next[w]), head, 1)[0].ID
		})
		require.GreaterOrEqual(t, writer, 0, "%s is nobody's next at %d", part[0].ID, head)
		w := writers[writer]
		require.Equal(t, Rows(fmt.Sprintf("%s-%d", w, next[w]), head, batch), part)
		next[w]++
	}
}

func endedUnderLock(t *testing.T, f *fixture, one, other LockingStore) {
	ctx, cancel := context.WithCancel(t.Context())
	err := one.CommitUnderLock(ctx, "r", 0, func([]rooms.Row) ([]rooms.Row, error) {
		cancel()
		return Rows("a", 0, 1), nil
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, f.log(t, "r"))
	require.NoError(t, other.Commit(t.Context(), "r", 0, Rows("b", 0, 1)))
}
