package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/hub/auth"
	"atelier/internal/testservers"
	"atelier/persist/internal/relational"
	"atelier/protocol"
)

// instances opens a database as several instances do.
func instances(t *testing.T, n int, opts Options) []*DB {
	t.Helper()
	server := testservers.Postgres(t)
	url := server.URL(server.Database())
	dbs := make([]*DB, n)
	for i := range dbs {
		db, err := Open(t.Context(), url, opts)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		dbs[i] = db
	}
	return dbs
}

// furnish makes a workspace with one of everything, and a room of the same name.
func furnish(t *testing.T, db *DB, workspace string) {
	t.Helper()
	ctx := t.Context()
	_, err := db.EnsureWorkspace(ctx, workspace, workspace)
	require.NoError(t, err)
	ana := auth.User{ID: "ana of " + workspace, Name: "Ana", Kind: auth.UserPerson}
	require.NoError(t, db.CreateUser(ctx, ana))
	require.NoError(t, db.SetRole(ctx, auth.Membership{Workspace: workspace, User: ana, Role: protocol.RoleOwner}))
	require.NoError(t, db.CreateRoom(ctx, auth.Room{ID: workspace, Workspace: workspace, Private: true, CreatedBy: ana.ID}, protocol.RoleOwner))
	invite := auth.Invite{ID: "invite of " + workspace, Hash: secret(workspace), Workspace: workspace, Role: protocol.RoleEditor, UsesLeft: 3, Expires: time.Now().Add(time.Hour)}
	require.NoError(t, db.CreateInvite(ctx, invite))
	_, err = db.AcceptInvite(ctx, invite.Hash, ana.ID, time.Now())
	require.NoError(t, err)
	key := auth.Key{ID: "key of " + workspace, Hash: secret(workspace), Workspace: workspace, Role: protocol.RoleEditor, Rooms: []string{workspace}}
	require.NoError(t, db.CreateKey(ctx, key, auth.User{ID: "bot of " + workspace, Kind: auth.UserBot}))
	require.NoError(t, db.PutAssets(ctx, asset(workspace)))
	require.NoError(t, db.PutOrigins(ctx, generation.Origin{Workspace: workspace, Room: workspace, Asset: "a", Job: "j"}))
	hash := secret(workspace)
	require.NoError(t, db.PutShare(ctx, generation.Share{ID: "share of " + workspace, Room: workspace, Workspace: workspace, Asset: "a", Hash: hash[:]}))
	require.NoError(t, db.PutRecording(ctx, workspace, protocol.Recording{ID: "recording of " + workspace}))
	_, err = db.Settings(ctx, workspace, &generation.SettingsPatch{QueuePatch: protocol.QueuePatch{ApprovalOver: new(2.5)}})
	require.NoError(t, err)
	enqueue(t, db, workspace, "ana", 2)
}

func asset(workspace string) generation.Asset {
	return generation.Asset{ID: "a", Workspace: workspace, Mime: "image/png", CreatedAt: time.UnixMilli(1)}
}

func secret(of string) (h auth.Hash) {
	copy(h[:], of+strings.Repeat("x", len(h)))
	return h
}

func enqueue(t *testing.T, db *DB, room, user string, n int) {
	t.Helper()
	for i := range n {
		job := protocol.Job{
			JobRequest: protocol.JobRequest{ID: protocol.DerivedID(room, user, fmt.Sprint(i)), Provider: "fake", Model: "m", Count: 1},
			Room:       room, User: user, MaxAttempts: 2, Units: 1,
		}
		_, created, err := db.Enqueue(t.Context(), room, []protocol.Job{job}, generation.Caps{})
		require.NoError(t, err)
		require.True(t, created)
	}
}

func fakes(worker string) generation.Capabilities {
	return generation.Capabilities{Worker: worker, Routes: []string{"fake/m"}}
}

// Each of the tables with rows of workspaces, asked for all there is and by a statement that names no workspace.
func TestATransactionSeesTheWorkspaceItEnteredAlone(t *testing.T) {
	t.Parallel()
	db := instances(t, 1, Options{})[0]
	furnish(t, db, "one")
	furnish(t, db, "two")
	walled := walledTables(t, db)
	require.GreaterOrEqual(t, len(walled), 21)
	inRooms := map[string]bool{"log": true, "snapshots": true, "checkpoints": true} // not of this package's methods
	for _, table := range walled {
		column := map[bool]string{true: "id", false: "workspace"}[table == "workspaces"]
		count := func(in relational.Scope, where string) (n int) {
			require.NoError(t, tables{db}.Read(t.Context(), in, func(ctx context.Context, tx relational.Tx) error {
				return tx.QueryRowContext(ctx, "SELECT count(*) FROM "+table+where).Scan(&n)
			}))
			return n
		}
		if !inRooms[table] {
			require.Positive(t, count(relational.Workspace("one"), ""), table)
			require.Positive(t, count(relational.Room("two"), ""), table)
		}
		require.Zero(t, count(relational.Workspace("one"), " WHERE "+column+" <> 'one'"), table)
		for _, nowhere := range []relational.Scope{relational.Global(), relational.Queue(), relational.Workspace(""), relational.Room("three")} {
			require.Zero(t, count(nowhere, ""), "%s in %s", table, nowhere.Kind)
		}
		err := tables{db}.Write(t.Context(), relational.Workspace("one"), func(ctx context.Context, tx relational.Tx) error {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table+" WHERE "+column+" <> 'one'"); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, "UPDATE "+table+" SET "+column+" = 'two' WHERE "+column+" = 'one'")
			return err
		})
		if !inRooms[table] {
			require.ErrorIs(t, err, relational.ErrForeign, "a row of %s moves to another workspace", table)
			require.Positive(t, count(relational.Workspace("two"), ""), table)
		}
	}
}

func walledTables(t *testing.T, db *DB) (names []string) {
	t.Helper()
	rows, err := db.pool.QueryContext(t.Context(), "SELECT relname FROM pg_class WHERE relrowsecurity AND relnamespace = to_regnamespace('atelier')")
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		names = append(names, name)
	}
	require.NoError(t, rows.Err())
	return names
}

func TestMethodsOfOneWorkspaceDoNotReachAnother(t *testing.T) {
	t.Parallel()
	db := instances(t, 1, Options{})[0]
	furnish(t, db, "one")
	furnish(t, db, "two")
	ctx := t.Context()
	foreign := map[string]error{
		"update room":   db.UpdateRoom(ctx, auth.Room{ID: "two", Workspace: "one", Name: "mine"}),
		"delete room":   db.DeleteRoom(ctx, "one", "two"),
		"delete invite": db.DeleteInvite(ctx, "one", "invite of two"),
		"delete key":    db.DeleteKey(ctx, "one", "key of two"),
		"remove member": db.RemoveMember(ctx, "one", "ana of two"),
		"role in room":  db.SetRole(ctx, auth.Membership{Workspace: "one", Room: "two", User: auth.User{ID: "ana of one"}, Role: protocol.RoleOwner}),
		"invite":        db.CreateInvite(ctx, auth.Invite{ID: "x", Workspace: "one", Room: "two", Role: protocol.RoleOwner}),
		"share revoked": db.RevokeShare(ctx, "one", "share of two"),
	}
	_, _, err := db.Enqueue(ctx, "one", []protocol.Job{{JobRequest: protocol.JobRequest{ID: protocol.NewID()}, Room: "two"}}, generation.Caps{})
	foreign["enqueue"] = err
	for what, err := range foreign {
		require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err), "%s: %v", what, err)
	}
	// What row level security alone refuses: the row's own workspace is the one that the caller claims to be in.
	require.Error(t, db.PutShare(ctx, generation.Share{ID: "s", Room: "two", Workspace: "one", Asset: "a", Hash: []byte("s")}))
	require.Error(t, db.PutOrigins(ctx, generation.Origin{Workspace: "one", Room: "two", Asset: "b", Job: "j"}))
	l, err := db.Claim(ctx, generation.Capabilities{Worker: "w", Routes: []string{"fake/m"}, Room: "one"}, time.Minute, generation.Caps{})
	require.NoError(t, err)
	_, err = db.Finish(ctx, "one", l.Job.ID, l.Token, generation.Ending{State: protocol.JobSucceeded, Assets: []generation.Asset{asset("two")}})
	require.Error(t, err, "a job's results belong to its own workspace")
	job, err := db.Job(ctx, "one", l.Job.ID)
	require.NoError(t, err)
	require.Equal(t, protocol.JobLeased, job.State, "nothing of it is written")
}

// Instances claim at the same time over all workspaces: each job once, and nobody's limit is passed.
func TestInstancesClaimEachJobOnce(t *testing.T) {
	t.Parallel()
	dbs := instances(t, 3, Options{})
	const each, most = 15, 10
	for _, workspace := range []string{"one", "two", "three"} {
		_, err := dbs[0].EnsureWorkspace(t.Context(), workspace, workspace)
		require.NoError(t, err)
		require.NoError(t, dbs[0].CreateRoom(t.Context(), auth.Room{ID: workspace, Workspace: workspace}, protocol.RoleOwner))
		enqueue(t, dbs[0], workspace, "ana", each)
	}
	var mu sync.Mutex
	claimed := make(map[string]int)
	var all sync.WaitGroup
	for _, db := range dbs {
		for range 4 {
			all.Go(func() {
				for {
					l, err := db.Claim(t.Context(), fakes("w"), time.Minute, generation.Caps{Running: most})
					if err != nil {
						t.Error(err)
					}
					if err != nil || l == nil {
						return
					}
					mu.Lock()
					claimed[l.Job.ID]++
					claimed[l.Workspace]++
					mu.Unlock()
				}
			})
		}
	}
	all.Wait()
	require.Len(t, claimed, 3*most+3)
	for _, workspace := range []string{"one", "two", "three"} {
		require.Equal(t, most, claimed[workspace])
		delete(claimed, workspace)
	}
	for id, times := range claimed {
		require.Equal(t, 1, times, id)
	}
	depth, err := dbs[1].Depth(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3*(each-most), depth)
}

// The store's clock is an hour behind that of all instances here: whoever judged by an instance's would end every lease.
func TestAnInstanceWhoseClockIsWrongEndsNobodysLease(t *testing.T) {
	t.Parallel()
	dbs := instances(t, 2, Options{Connections: 1})
	const behind = time.Hour
	for i, db := range dbs {
		if i == 0 {
			require.NoError(t, withOwner(db.conns.Config().ConnString(), func(pool *sql.DB) error {
				_, err := pool.ExecContext(t.Context(), `CREATE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
					RETURN pg_catalog.clock_timestamp() - interval '1 hour'`)
				return err
			}))
		}
		_, err := db.pool.ExecContext(t.Context(), "SET search_path = atelier, pg_catalog")
		require.NoError(t, err)
	}
	_, err := dbs[0].EnsureWorkspace(t.Context(), "one", "One")
	require.NoError(t, err)
	require.NoError(t, dbs[0].CreateRoom(t.Context(), auth.Room{ID: "one", Workspace: "one"}, protocol.RoleOwner))
	enqueue(t, dbs[0], "one", "ana", 1)
	l, err := dbs[0].Claim(t.Context(), fakes("w"), time.Minute, generation.Caps{})
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(time.Minute-behind), l.Expires, 30*time.Second, "in the store's time")
	changed, err := dbs[1].Sweep(t.Context())
	require.NoError(t, err)
	require.Empty(t, changed)

	require.NoError(t, withOwner(dbs[0].conns.Config().ConnString(), func(pool *sql.DB) error {
		_, err := pool.ExecContext(t.Context(), `CREATE OR REPLACE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
			RETURN pg_catalog.clock_timestamp() - interval '58 minutes'`)
		return err
	}))
	changed, err = dbs[1].Sweep(t.Context())
	require.NoError(t, err)
	require.Len(t, changed, 1, "when the store's time has come")
}
