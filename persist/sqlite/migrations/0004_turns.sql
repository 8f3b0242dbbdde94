-- +goose Up

-- Jobs once more, since SQLite cannot change a CHECK: with the state 'waiting', what a job counts in the queue, and its
-- place in a chain. froms is a JSON list of steps, "" for none.
CREATE TABLE jobs_new (
    n            INTEGER PRIMARY KEY,
    room         TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    id           TEXT NOT NULL,
    workspace    TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    place        INTEGER NOT NULL,
    user         TEXT NOT NULL,
    user_name    TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('queued', 'delayed', 'awaiting_approval', 'waiting', 'leased', 'running',
                                                'succeeded', 'failed', 'cancelled')),
    provider     TEXT NOT NULL,
    model        TEXT NOT NULL,
    route        TEXT NOT NULL,
    count        INTEGER NOT NULL,
    units        REAL NOT NULL,
    priority     INTEGER NOT NULL,
    attempt      INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    token        INTEGER NOT NULL,
    lease_until  INTEGER NOT NULL,
    holder       TEXT NOT NULL,
    worker       TEXT NOT NULL,
    resume_at    INTEGER NOT NULL,
    placed       INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    started_at   INTEGER NOT NULL,
    ended_at     INTEGER NOT NULL,
    estimate     REAL NOT NULL,
    cost         REAL NOT NULL,
    chain        TEXT NOT NULL,
    step         INTEGER NOT NULL,
    steps        INTEGER NOT NULL,
    froms        TEXT NOT NULL,
    winner       INTEGER NOT NULL,
    winner_by    TEXT NOT NULL,
    request      TEXT NOT NULL,
    results      TEXT NOT NULL,
    error        TEXT NOT NULL,
    UNIQUE (room, id)
) STRICT;

INSERT INTO jobs_new
SELECT n, room, id, workspace, seq, place, user, user_name, state, provider, model, provider || '/' || model, count, count,
       priority, attempt, max_attempts, token, lease_until, worker, worker, resume_at, placed, created_at, started_at,
       ended_at, 0, cost, '', 0, 0, '', 0, '', request, results, error
FROM jobs;

DROP TABLE jobs;
ALTER TABLE jobs_new RENAME TO jobs;

CREATE UNIQUE INDEX jobs_by_seq ON jobs (room, seq);
CREATE INDEX jobs_to_claim ON jobs (room, user, route, priority DESC, place) WHERE state = 'queued';
CREATE INDEX jobs_of_requester ON jobs (room, user, priority DESC, place) WHERE state = 'queued';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE lease_until > 0;
CREATE INDEX jobs_delayed ON jobs (resume_at) WHERE resume_at > 0;
CREATE INDEX jobs_unplaced ON jobs (n) WHERE state = 'succeeded' AND placed = 0;
CREATE INDEX jobs_unfinished ON jobs (room, user, priority) WHERE ended_at = 0;
CREATE INDEX jobs_of_chain ON jobs (room, chain, step) WHERE chain <> '';

-- The settings of a room's queue.
CREATE TABLE queue_rooms (
    room          TEXT PRIMARY KEY REFERENCES rooms (id) ON DELETE CASCADE,
    paused        INTEGER NOT NULL,
    paused_by     TEXT NOT NULL,
    approval_over REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- Turns. Had is virtual time in units: what somebody was given so far, put level with the clock whenever they begin to
-- wait. The clock of a scope is the had at which the one served last began. since breaks ties: the place of the job with
-- which the waiting began.
CREATE TABLE queue_clock (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    had REAL NOT NULL
) STRICT;

INSERT INTO queue_clock (one, had) VALUES (1, 0);

CREATE TABLE queue_teams (
    workspace TEXT PRIMARY KEY,
    had       REAL NOT NULL,
    clock     REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE queue_requesters (
    room      TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    user      TEXT NOT NULL,
    workspace TEXT NOT NULL,
    had       REAL NOT NULL,
    running   INTEGER NOT NULL,
    PRIMARY KEY (room, user)
) STRICT, WITHOUT ROWID;

-- How many jobs wait: of a requester on a route, and of a workspace on a route as far as their rooms are not paused. had
-- is that of the requester, or of the workspace.
CREATE TABLE queue_lanes (
    n         INTEGER PRIMARY KEY,
    room      TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    user      TEXT NOT NULL,
    route     TEXT NOT NULL,
    workspace TEXT NOT NULL,
    had       REAL NOT NULL,
    since     INTEGER NOT NULL,
    waiting   INTEGER NOT NULL,
    open      INTEGER NOT NULL,
    UNIQUE (room, user, route)
) STRICT;

CREATE INDEX lanes_of_team ON queue_lanes (workspace, route, had, since) WHERE waiting > 0 AND open = 1;
CREATE INDEX lanes_of_room ON queue_lanes (room, route, had, since) WHERE waiting > 0 AND open = 1;
CREATE INDEX lanes_waiting ON queue_lanes (workspace, had) WHERE waiting > 0;

CREATE TABLE queue_lines (
    n         INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL,
    route     TEXT NOT NULL,
    had       REAL NOT NULL,
    since     INTEGER NOT NULL,
    waiting   INTEGER NOT NULL,
    UNIQUE (workspace, route)
) STRICT;

CREATE INDEX lines_waiting ON queue_lines (route, had, since) WHERE waiting > 0;

-- A workspace's line is the sum of its open lanes, also when a room's deletion takes lanes away.
-- +goose StatementBegin
CREATE TRIGGER lanes_changed AFTER UPDATE OF waiting, open ON queue_lanes
BEGIN
    UPDATE queue_lines SET waiting = waiting + NEW.open * NEW.waiting - OLD.open * OLD.waiting
    WHERE workspace = NEW.workspace AND route = NEW.route;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER lanes_gone AFTER DELETE ON queue_lanes
BEGIN
    UPDATE queue_lines SET waiting = waiting - OLD.open * OLD.waiting
    WHERE workspace = OLD.workspace AND route = OLD.route;
END;
-- +goose StatementEnd

INSERT INTO queue_teams SELECT DISTINCT workspace, 0, 0 FROM jobs WHERE ended_at = 0;
INSERT INTO queue_requesters
SELECT room, user, workspace, 0, sum(lease_until > 0) FROM jobs WHERE ended_at = 0 GROUP BY room, user, workspace;
INSERT INTO queue_lines (workspace, route, had, since, waiting)
SELECT workspace, route, 0, min(place), count(*) FROM jobs WHERE state = 'queued' GROUP BY workspace, route;
INSERT INTO queue_lanes (room, user, route, workspace, had, since, waiting, open)
SELECT room, user, route, workspace, 0, min(place), count(*), 1 FROM jobs WHERE state = 'queued'
GROUP BY room, user, route, workspace;

-- Who came from what. Of a result without inputs there is one row with an empty parent.
CREATE TABLE origins (
    n         INTEGER PRIMARY KEY,
    room      TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    workspace TEXT NOT NULL,
    asset     TEXT NOT NULL,
    parent    TEXT NOT NULL,
    job       TEXT NOT NULL,
    idx       INTEGER NOT NULL,
    weight    REAL NOT NULL,
    UNIQUE (room, asset, parent, job, idx)
) STRICT;

CREATE INDEX origins_down ON origins (room, parent) WHERE parent <> '';

CREATE TABLE shares (
    id         TEXT PRIMARY KEY,
    room       TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    workspace  TEXT NOT NULL,
    asset      TEXT NOT NULL,
    up         INTEGER NOT NULL,
    down       INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    hash       BLOB NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

CREATE INDEX shares_of_room ON shares (room, created_at);

-- JSON, "" for none.
ALTER TABLE assets ADD COLUMN provenance TEXT NOT NULL DEFAULT '';

-- +goose Down

-- What waits in a chain or for an approval cannot be told to a program of before: it is cancelled. Settings, turns, lineage
-- and shares go.
ALTER TABLE assets DROP COLUMN provenance;
DROP TABLE shares;
DROP TABLE origins;
DROP TABLE queue_lanes;
DROP TABLE queue_lines;
DROP TABLE queue_requesters;
DROP TABLE queue_teams;
DROP TABLE queue_clock;
DROP TABLE queue_rooms;

CREATE TABLE jobs_old (
    n            INTEGER PRIMARY KEY,
    room         TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    id           TEXT NOT NULL,
    workspace    TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    place        INTEGER NOT NULL,
    user         TEXT NOT NULL,
    user_name    TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('queued', 'delayed', 'awaiting_approval', 'leased', 'running',
                                                'succeeded', 'failed', 'cancelled')),
    provider     TEXT NOT NULL,
    model        TEXT NOT NULL,
    count        INTEGER NOT NULL,
    priority     INTEGER NOT NULL,
    attempt      INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    token        INTEGER NOT NULL,
    lease_until  INTEGER NOT NULL,
    worker       TEXT NOT NULL,
    resume_at    INTEGER NOT NULL,
    placed       INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    started_at   INTEGER NOT NULL,
    ended_at     INTEGER NOT NULL,
    cost         REAL NOT NULL,
    request      TEXT NOT NULL,
    results      TEXT NOT NULL,
    error        TEXT NOT NULL,
    UNIQUE (room, id)
) STRICT;

INSERT INTO jobs_old
SELECT n, room, id, workspace, seq, place, user, user_name,
       CASE WHEN state IN ('waiting', 'awaiting_approval') THEN 'cancelled' ELSE state END,
       provider, model, count, priority, attempt, max_attempts, token, lease_until, worker, resume_at, placed, created_at,
       started_at, CASE WHEN state IN ('waiting', 'awaiting_approval') THEN created_at ELSE ended_at END, cost, request,
       results, error
FROM jobs;

DROP TABLE jobs;
ALTER TABLE jobs_old RENAME TO jobs;

CREATE UNIQUE INDEX jobs_by_seq ON jobs (room, seq);
CREATE INDEX jobs_in_line ON jobs (place) WHERE state = 'queued';
CREATE INDEX jobs_to_claim ON jobs (provider, place) WHERE state = 'queued';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE lease_until > 0;
CREATE INDEX jobs_delayed ON jobs (resume_at) WHERE resume_at > 0;
CREATE INDEX jobs_unplaced ON jobs (n) WHERE state = 'succeeded' AND placed = 0;
CREATE INDEX jobs_unfinished ON jobs (room, user, priority) WHERE ended_at = 0;
