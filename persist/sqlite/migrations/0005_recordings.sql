-- +goose Up

-- Recordings of calls that have ended. pieces is JSON.
CREATE TABLE recordings (
    id      TEXT PRIMARY KEY,
    room    TEXT NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    by      TEXT NOT NULL,
    by_name TEXT NOT NULL,
    since   INTEGER NOT NULL,
    ended   INTEGER NOT NULL,
    cut     INTEGER NOT NULL,
    pieces  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX recordings_of_room ON recordings (room, since);

-- +goose Down

DROP TABLE recordings;
