-- +goose Up
-- Who did what.

-- A row is written with its cause, and gets seq and hash within seconds: its place in
-- the chain, which ids do not give, since transactions end in another order than they
-- begin. Apart from that it is not changed. Texts are empty where there is nothing.
CREATE TABLE audit_event (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid       TEXT NOT NULL UNIQUE,
    at         INTEGER NOT NULL,
    principal  TEXT NOT NULL,
    name       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    token      TEXT NOT NULL,
    rule       TEXT NOT NULL,
    ip         TEXT NOT NULL,
    request_id TEXT NOT NULL,
    action     TEXT NOT NULL,
    resource   TEXT NOT NULL,
    subject    TEXT NOT NULL,
    changes    TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    seq        INTEGER UNIQUE,
    hash       TEXT
);
CREATE INDEX audit_event_place ON audit_event (seq, id);

-- The one row that says where the chain ends, and where it begins once its oldest
-- events are deleted. Who seals or deletes holds it.
CREATE TABLE audit_chain (
    id       INTEGER PRIMARY KEY,
    is_on    BOOLEAN NOT NULL,
    seq      INTEGER NOT NULL,
    hash     TEXT NOT NULL,
    cut_seq  INTEGER NOT NULL,
    cut_hash TEXT NOT NULL
);
INSERT INTO audit_chain (id, is_on, seq, hash, cut_seq, cut_hash) VALUES (1, FALSE, 0, '', 0, '');

-- +goose Down

DROP TABLE audit_chain;
DROP TABLE audit_event;
