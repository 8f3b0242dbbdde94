-- +goose Up

-- What a change was made against (-1: of before it was kept), what groups it, what it merged or brought back, and what it
-- wrote elsewhere than on its branch (NULL when nothing). Its writes keep what they replaced; those of before have not.
ALTER TABLE log ADD COLUMN base INTEGER NOT NULL DEFAULT -1;
ALTER TABLE log ADD COLUMN gesture TEXT NOT NULL DEFAULT '';
ALTER TABLE log ADD COLUMN merged TEXT NOT NULL DEFAULT '';
ALTER TABLE log ADD COLUMN restored INTEGER NOT NULL DEFAULT 0;
ALTER TABLE log ADD COLUMN also BLOB;

-- Beside the newest snapshot, old ones at which looking at the past begins.
CREATE TABLE checkpoints (
    room  INTEGER NOT NULL REFERENCES rooms (n) ON DELETE CASCADE,
    rev   INTEGER NOT NULL,
    state BLOB NOT NULL,
    PRIMARY KEY (room, rev)
) STRICT;

-- +goose Down

-- The log stays whole, but a program of before cannot read what was written since: go back to a backup instead.
DROP TABLE checkpoints;
ALTER TABLE log DROP COLUMN also;
ALTER TABLE log DROP COLUMN restored;
ALTER TABLE log DROP COLUMN merged;
ALTER TABLE log DROP COLUMN gesture;
ALTER TABLE log DROP COLUMN base;
