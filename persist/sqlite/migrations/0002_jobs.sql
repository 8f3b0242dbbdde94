-- +goose Up

-- Jobs of all rooms. place is the job's place in the line, which runs over all rooms; it keeps it while it is leased or
-- delayed, so that it goes back to where it was. token fences: it counts the leases. ended_at is 0 until a job is
-- finished, and is what the indexes of live jobs go by. request, results and error are JSON.
CREATE TABLE jobs (
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

CREATE UNIQUE INDEX jobs_by_seq ON jobs (room, seq);
CREATE INDEX jobs_in_line ON jobs (place) WHERE state = 'queued';
CREATE INDEX jobs_to_claim ON jobs (provider, place) WHERE state = 'queued';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE lease_until > 0;
CREATE INDEX jobs_delayed ON jobs (resume_at) WHERE resume_at > 0;
CREATE INDEX jobs_unplaced ON jobs (n) WHERE state = 'succeeded' AND placed = 0;
CREATE INDEX jobs_unfinished ON jobs (room, user, priority) WHERE ended_at = 0;

-- The newest job sequence of each room.
CREATE TABLE job_seqs (
    room TEXT PRIMARY KEY REFERENCES rooms (id) ON DELETE CASCADE,
    seq  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How many places the line has given out: one row.
CREATE TABLE job_line (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    places INTEGER NOT NULL
) STRICT;

INSERT INTO job_line (one, places) VALUES (1, 0);

-- How long one result of a model takes: an exponentially weighted mean.
CREATE TABLE job_paces (
    provider TEXT NOT NULL,
    model    TEXT NOT NULL,
    ms       REAL NOT NULL,
    PRIMARY KEY (provider, model)
) STRICT, WITHOUT ROWID;

CREATE TABLE assets (
    workspace   TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    id          TEXT NOT NULL,
    mime        TEXT NOT NULL,
    bytes       INTEGER NOT NULL,
    width       INTEGER NOT NULL,
    height      INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    thumb       TEXT NOT NULL,
    placeholder TEXT NOT NULL,
    created_by  TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

-- +goose Down

DROP TABLE assets;
DROP TABLE job_paces;
DROP TABLE job_line;
DROP TABLE job_seqs;
DROP TABLE jobs;
