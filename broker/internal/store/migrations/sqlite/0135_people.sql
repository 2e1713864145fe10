-- +goose Up
-- People: principals of the kind 'user', who show who they are by a session that a login
-- service vouched for.

-- What is known of a principal of that kind besides. email is in lower case; issuer and
-- subject are whom the login service knows the person by, NULL until they have logged in
-- once. teams_missing are names of teams, one a line, that the last login should have put
-- the person into and that were not there.
CREATE TABLE person (
    principal_id  INTEGER PRIMARY KEY REFERENCES principal (id) ON DELETE CASCADE,
    email         TEXT UNIQUE,
    issuer        TEXT,
    subject       TEXT,
    last_login_at INTEGER,
    last_seen_at  INTEGER,
    teams_missing TEXT NOT NULL,
    UNIQUE (issuer, subject)
);

-- What a login gave, the next one takes away where the group is gone; what somebody gave
-- by hand stays.
ALTER TABLE principal_role ADD COLUMN by_login BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE team_member ADD COLUMN by_login BOOLEAN NOT NULL DEFAULT FALSE;

-- hash is SHA-256 of the value that the browser has, in hex.
CREATE TABLE session (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    hash         TEXT NOT NULL UNIQUE,
    principal_id INTEGER NOT NULL REFERENCES principal (id) ON DELETE CASCADE,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    last_seen_at INTEGER
);
CREATE INDEX session_principal ON session (principal_id);
CREATE INDEX session_expires ON session (expires_at);

-- Answers of the login service that counted, by the hash of their state: none counts
-- twice, on any replica.
CREATE TABLE login_used (
    hash       TEXT NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
);
CREATE INDEX login_used_expires ON login_used (expires_at);

-- +goose Down

DROP TABLE login_used;
DROP TABLE session;
ALTER TABLE team_member DROP COLUMN by_login;
ALTER TABLE principal_role DROP COLUMN by_login;
DROP TABLE person;
