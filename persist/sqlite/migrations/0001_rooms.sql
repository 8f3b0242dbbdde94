-- +goose Up

-- Times are unix milliseconds; 0 is "never". Secrets are kept as SHA-256.

CREATE TABLE workspaces (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('guest', 'person', 'bot')),
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE logins (
    hash    BLOB PRIMARY KEY,
    user    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX logins_by_user ON logins (user);
CREATE INDEX logins_by_expiry ON logins (expires);

-- n is the short name of a room inside of this file. head is the newest revision of the log and moves by
-- compare-and-set; epoch is made with the room.
CREATE TABLE rooms (
    n          INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    workspace  TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    private    INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    active_at  INTEGER NOT NULL,
    epoch      TEXT NOT NULL,
    head       INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX rooms_by_workspace ON rooms (workspace);

-- The log is the truth about a room's canvas. It is clustered by room and revision, as it is read.
CREATE TABLE log (
    room    INTEGER NOT NULL REFERENCES rooms (n) ON DELETE CASCADE,
    rev     INTEGER NOT NULL,
    id      TEXT NOT NULL,
    session TEXT NOT NULL,
    user    TEXT NOT NULL,
    branch  TEXT NOT NULL,
    episode TEXT NOT NULL,
    undo    TEXT NOT NULL,
    digest  BLOB NOT NULL,
    writes  BLOB NOT NULL,
    result  BLOB NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (room, rev),
    UNIQUE (room, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (
    room  INTEGER PRIMARY KEY REFERENCES rooms (n) ON DELETE CASCADE,
    rev   INTEGER NOT NULL,
    state BLOB NOT NULL
) STRICT;

CREATE TABLE workspace_members (
    workspace TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    user      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role      TEXT NOT NULL CHECK (role IN ('viewer', 'commenter', 'editor', 'owner')),
    PRIMARY KEY (workspace, user)
) STRICT, WITHOUT ROWID;

CREATE INDEX workspace_members_by_user ON workspace_members (user);

CREATE TABLE room_members (
    room INTEGER NOT NULL REFERENCES rooms (n) ON DELETE CASCADE,
    user TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'commenter', 'editor', 'owner')),
    PRIMARY KEY (room, user)
) STRICT, WITHOUT ROWID;

CREATE INDEX room_members_by_user ON room_members (user);

CREATE TABLE keys (
    id         TEXT PRIMARY KEY,
    hash       BLOB NOT NULL UNIQUE,
    workspace  TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    user       TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    rooms      TEXT NOT NULL, -- JSON array of room ids; empty is all
    expires    INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used  INTEGER NOT NULL
) STRICT;

CREATE INDEX keys_by_workspace ON keys (workspace);
CREATE INDEX keys_by_user ON keys (user);

CREATE TABLE invites (
    id         TEXT PRIMARY KEY,
    hash       BLOB NOT NULL UNIQUE,
    workspace  TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    room       TEXT REFERENCES rooms (id) ON DELETE CASCADE, -- NULL is the whole workspace
    role       TEXT NOT NULL CHECK (role IN ('viewer', 'commenter', 'editor', 'owner')),
    uses_left  INTEGER NOT NULL,
    expires    INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX invites_by_workspace ON invites (workspace);
CREATE INDEX invites_by_room ON invites (room);

-- Who took a use of an invite: accepting again takes none, and a removed member cannot come back by it.
CREATE TABLE invite_uses (
    invite TEXT NOT NULL REFERENCES invites (id) ON DELETE CASCADE,
    user   TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (invite, user)
) STRICT, WITHOUT ROWID;

CREATE INDEX invite_uses_by_user ON invite_uses (user);

-- +goose Down

DROP TABLE invite_uses;
DROP TABLE invites;
DROP TABLE keys;
DROP TABLE room_members;
DROP TABLE workspace_members;
DROP TABLE snapshots;
DROP TABLE log;
DROP TABLE rooms;
DROP TABLE logins;
DROP TABLE users;
DROP TABLE workspaces;
