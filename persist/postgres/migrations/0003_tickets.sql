-- +goose Up

-- What lets a socket in, once, on whichever instance it comes.
CREATE TABLE tickets (
    hash         bytea PRIMARY KEY,
    "user"       text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    valid_until  bigint NOT NULL,
    room         text NOT NULL,
    expires      bigint NOT NULL
);

CREATE INDEX tickets_by_expiry ON tickets (expires);
CREATE INDEX tickets_by_user ON tickets ("user");

GRANT SELECT, INSERT, DELETE ON tickets TO atelier_app;

-- +goose Down

DROP TABLE tickets;
