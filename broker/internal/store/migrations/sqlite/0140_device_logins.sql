-- +goose Up
-- Logins at terminals (RFC 8628): a program asks for one and gets two codes, its person
-- confirms it in a browser by the short one, and the program gets a token for the long one.

-- device_hash and code_hash are SHA-256 of the two codes, in hex. program and machine are
-- what asks says of itself, address where it asked from, and place the network of that,
-- by which those that wait are counted. principal_id is whoever granted it, who gives of
-- what they may do what writes and permissions leave, until token_until.
CREATE TABLE device_login (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    device_hash  TEXT NOT NULL UNIQUE,
    code_hash    TEXT NOT NULL UNIQUE,
    state        TEXT NOT NULL,
    program      TEXT NOT NULL,
    machine      TEXT NOT NULL,
    address      TEXT NOT NULL,
    place        TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    principal_id INTEGER REFERENCES principal (id) ON DELETE CASCADE,
    writes       BOOLEAN NOT NULL,
    permissions  TEXT NOT NULL,
    token_until  INTEGER
);
CREATE INDEX device_login_expires ON device_login (expires_at);
CREATE INDEX device_login_principal ON device_login (principal_id);

-- A token that a login gave is deleted once it has expired for a while, unlike one that
-- somebody made.
ALTER TABLE token ADD COLUMN by_login BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX token_by_login ON token (expires_at) WHERE by_login;

-- +goose Down

DROP INDEX token_by_login;
ALTER TABLE token DROP COLUMN by_login;
DROP TABLE device_login;
