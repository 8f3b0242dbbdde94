package postgres

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/hub/auth"
	"atelier/persist/storetest"
	"atelier/protocol"
	"atelier/rooms"
)

// crowd fills a database with 3000 workspaces of two rooms: so much that reading a whole table is never the right plan.
const crowd = `SET search_path = atelier;
	INSERT INTO workspaces SELECT 'w' || w, 'W', 0 FROM generate_series(1, 3000) w;
	INSERT INTO users SELECT 'u' || u, 'U', 'person', 0 FROM generate_series(1, 20000) u;
	INSERT INTO logins SELECT sha256(('l' || u)::bytea), 'u' || u, 9999999999999 FROM generate_series(1, 20000) u;
	INSERT INTO workspace_members SELECT 'w' || (1 + u % 3000), 'u' || u, 'editor' FROM generate_series(1, 20000) u;
	INSERT INTO rooms (id, workspace, name, private, created_by, created_at, active_at, epoch, head)
		SELECT 'w' || w || 'r' || r, 'w' || w, 'R', 0, 'u1', 0, 0, 'e', 20 FROM generate_series(1, 3000) w, generate_series(1, 2) r;
	INSERT INTO room_members SELECT workspace, n, 'u' || (1 + n % 20000), 'editor' FROM rooms;
	INSERT INTO log SELECT workspace, n, rev, 'c' || rev, 's', 'u1', '', rev - 1, '', '', '', '', 0, '\x00', '\x90', NULL, '', rev
		FROM rooms, generate_series(1, 20) rev;
	INSERT INTO snapshots SELECT workspace, n, 10, 'state' FROM rooms;
	INSERT INTO checkpoints SELECT workspace, n, k, 'state' FROM rooms, generate_series(1, 3) k;
	INSERT INTO keys SELECT 'k' || n, sha256(('k' || n)::bytea), workspace, 'u1', 'K', 'editor', '[]', 0, 'u1', 0, 0 FROM rooms;
	INSERT INTO invites SELECT 'i' || n, sha256(('i' || n)::bytea), workspace, id, 'viewer', 9, 9999999999999, 'u1', 0 FROM rooms;
	INSERT INTO invite_uses SELECT workspace, 'i' || n, 'u' || n FROM rooms;
	INSERT INTO job_seqs SELECT workspace, id, 5 FROM rooms;
	INSERT INTO jobs (room, id, workspace, seq, place, "user", user_name, state, provider, model, route, count, units, priority, attempt,
			max_attempts, token, lease_until, holder, worker, resume_at, placed, created_at, started_at, ended_at, estimate, cost, chain,
			step, steps, froms, winner, winner_by, request, results, error)
		SELECT id, 'j' || s, workspace, s, n * 10 + s, 'u1', 'U', CASE WHEN s = 5 THEN 'queued' ELSE 'succeeded' END, 'fake', 'm',
			'fake/m', 1, 1, 0, 1, 3, 1, 0, '', '', 0, 1, 0, 0, CASE WHEN s = 5 THEN 0 ELSE 1 END, 0, 0, '', 0, 0, '', 0, '', '{}', '[]', ''
		FROM rooms, generate_series(1, 5) s;
	UPDATE job_line SET places = 100000;
	INSERT INTO queue_teams SELECT id, 0, 0 FROM workspaces;
	INSERT INTO queue_requesters SELECT id, 'u1', workspace, 0, 0 FROM rooms;
	INSERT INTO queue_lines (workspace, route, had, since, waiting) SELECT id, 'fake/m', 0, 1, 2 FROM workspaces;
	INSERT INTO queue_lanes (room, "user", route, workspace, had, since, waiting, open)
		SELECT id, 'u1', 'fake/m', workspace, 0, n, 1, 1 FROM rooms;
	INSERT INTO assets SELECT id, 'a' || a, 'image/png', 1, 1, 1, 0, '', '', 'u1', 0, '' FROM workspaces, generate_series(1, 3) a;
	INSERT INTO origins (room, workspace, asset, parent, job, idx, weight)
		SELECT id, workspace, 'a' || k, 'a' || k - 1, 'j1', 0, 1 FROM rooms, generate_series(1, 4) k;
	INSERT INTO shares SELECT 's' || n, id, workspace, 'a1', 1, 1, 'u1', 0, sha256(('s' || n)::bytea) FROM rooms;
	INSERT INTO recordings SELECT workspace, 'rec' || n, id, 'u1', 'U', 0, 1, 0, '[]' FROM rooms;
	ANALYZE`

// plans are those of all statements that the server has run for a database, also within functions and cascades.
type plans struct {
	mu  sync.Mutex
	all []string
}

func (p *plans) note(_ *pgconn.PgConn, n *pgconn.Notice) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if strings.Contains(n.Message, "plan:") {
		p.all = append(p.all, n.Message)
	}
}

func (p *plans) take() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := p.all
	p.all = nil
	return all
}

// explained opens a crowded database whose plans are told.
func explained(t *testing.T, mode string) (*DB, *plans) {
	t.Helper()
	server := newServer(t)
	name := kept(server)
	address := server.URLAs(keeper, name)
	require.NoError(t, MigrateUp(t.Context(), address))
	server.Do(name, crowd)
	for setting, value := range map[string]string{
		"session_preload_libraries": "auto_explain", "auto_explain.log_min_duration": "0", "auto_explain.log_level": "notice",
		"auto_explain.log_nested_statements": "on", "plan_cache_mode": mode,
	} {
		server.Do("postgres", fmt.Sprintf("ALTER DATABASE %s SET %s = '%s'", name, setting, value))
	}
	told := &plans{}
	opts := Options{Connections: 2}.withDefaults()
	conf, err := configOf(address, opts)
	require.NoError(t, err)
	conf.ConnConfig.OnNotice = told.note
	db, err := start(t.Context(), conf, opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db, told
}

// small are tables of which a plan may read all: they have one row, or one for each model.
var (
	wholeTable = regexp.MustCompile(`Seq Scan on (?:atelier\.)?(\w+)`)
	small      = []string{"job_line", "job_paces", "queue_clock", "queue_rooms"}
)

func TestWhatIsAskedOftenIsFoundByIndexes(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"force_custom_plan", "force_generic_plan"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			db, told := explained(t, mode)
			for what, do := range asked(db) {
				t.Run(what, func(t *testing.T) {
					told.take()
					require.NoError(t, do(t.Context()))
					seen := told.take()
					require.NotEmpty(t, seen, "no plan was told")
					for _, plan := range seen {
						for _, scan := range wholeTable.FindAllStringSubmatch(plan, -1) {
							require.Contains(t, small, scan[1], "it reads a whole table:\n%s", plan)
						}
					}
				})
			}
		})
	}
}

// asked is what instances ask all the time, or hold others up with.
func asked(db *DB) map[string]func(ctx context.Context) error {
	const team, room = "w7", "w7r1"
	able := generation.Capabilities{Worker: "w", Routes: []string{"fake/m"}}
	head := int64(20)
	only := func(_ any, err error) error { return err }
	return map[string]func(ctx context.Context) error{
		"commit": func(ctx context.Context) error {
			rows := storetest.Rows("x", head, 5)
			head += int64(len(rows))
			return db.Commit(ctx, room, head-int64(len(rows)), rows)
		},
		"commit a known change": func(ctx context.Context) error {
			known := storetest.Rows("x", head, 1)
			known[0].ID = "c3"
			if err := db.Commit(ctx, room, head, known); err == nil {
				return fmt.Errorf("was committed twice")
			}
			return nil
		},
		"commit under lock": func(ctx context.Context) error {
			return db.CommitUnderLock(ctx, "w9r1", 15, func([]rooms.Row) ([]rooms.Row, error) { return storetest.Rows("x", 20, 1), nil })
		},
		"load":       func(ctx context.Context) error { return only(db.Load(ctx, "w8r1")) },
		"rows":       func(ctx context.Context) error { return only(db.Rows(ctx, room, 5, 10)) },
		"snapshot":   func(ctx context.Context) error { return db.SaveSnapshot(ctx, room, 15, []byte("state")) },
		"checkpoint": func(ctx context.Context) error { _, _, err := db.Checkpoint(ctx, room, 2); return err },
		"heads":      func(ctx context.Context) error { return only(db.Heads(ctx, []string{room, "w8r1", "w9r2"})) },
		"access":     func(ctx context.Context) error { _, _, err := db.Access(ctx, room, "u7"); return err },
		"role":       func(ctx context.Context) error { return only(db.Role(ctx, "w8", "u7")) },
		"rooms":      func(ctx context.Context) error { return only(db.Rooms(ctx, team, "u7")) },
		"people":     func(ctx context.Context) error { return only(db.People(ctx, team)) },
		"login":      func(ctx context.Context) error { return only(db.Login(ctx, hashOf("l7"))) },
		"key":        func(ctx context.Context) error { return only(db.KeyByHash(ctx, hashOf("k7"))) },
		"accept": func(ctx context.Context) error {
			return only(db.AcceptInvite(ctx, hashOf("i7"), "u100", time.Now()))
		},
		"share":                            func(ctx context.Context) error { hash := hashOf("s7"); return only(db.ShareByHash(ctx, hash[:])) },
		"asset":                            func(ctx context.Context) error { return only(db.Asset(ctx, "w1", "a2")) },
		"lineage":                          func(ctx context.Context) error { _, _, err := db.Lineage(ctx, room, "a3", 3, 3, 50); return err },
		"recordings":                       func(ctx context.Context) error { return only(db.Recordings(ctx, room, 10)) },
		"jobs":                             func(ctx context.Context) error { return only(db.Jobs(ctx, room, 3, 50)) },
		"seq":                              func(ctx context.Context) error { return only(db.Seq(ctx, room)) },
		"settings":                         func(ctx context.Context) error { return only(db.Settings(ctx, room, nil)) },
		"sweep":                            func(ctx context.Context) error { return only(db.Sweep(ctx)) },
		"unplaced":                         func(ctx context.Context) error { _, _, err := db.Unplaced(ctx, "", 50); return err },
		"enqueue, claim, renew and finish": func(ctx context.Context) error { return oneJob(ctx, db, team, room, able) },
		"delete a room":                    func(ctx context.Context) error { return db.DeleteRoom(ctx, "w3", "w3r1") },
		"remove a member":                  func(ctx context.Context) error { return db.RemoveMember(ctx, "w8", "u3007") },
		"make a room": func(ctx context.Context) error {
			return db.CreateRoom(ctx, auth.Room{ID: "new", Workspace: team, Private: true, CreatedBy: "u7"}, protocol.RoleOwner)
		},
	}
}

func oneJob(ctx context.Context, db *DB, team, room string, able generation.Capabilities) error {
	job := protocol.Job{
		JobRequest: protocol.JobRequest{ID: protocol.NewID(), Provider: "fake", Model: "m", Count: 1}, Room: room, User: "u9", Units: 1,
	}
	if _, _, err := db.Enqueue(ctx, team, []protocol.Job{job}, generation.Caps{Pending: 100}); err != nil {
		return err
	}
	l, err := db.Claim(ctx, able, time.Minute, generation.Caps{Running: 5})
	if err != nil || l == nil {
		return fmt.Errorf("claimed %v: %w", l, err)
	}
	if _, err := db.Renew(ctx, l.Job.Room, l.Job.ID, l.Token, time.Minute); err != nil {
		return err
	}
	_, err = db.Finish(ctx, l.Job.Room, l.Job.ID, l.Token, generation.Ending{State: protocol.JobFailed})
	return err
}
