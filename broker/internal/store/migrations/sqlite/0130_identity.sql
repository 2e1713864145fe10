-- +goose Up
-- Who may do what: accounts, what they may do by their roles, and the tokens by which
-- they show who they are.

-- kind is 'account'.
CREATE TABLE principal (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid         TEXT NOT NULL UNIQUE,
    kind         TEXT NOT NULL,
    name         TEXT NOT NULL,
    name_fold    TEXT NOT NULL,
    active       BOOLEAN NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
);
CREATE INDEX principal_name ON principal (name_fold, name, id);

-- permissions are separated by spaces. Predefined roles are in no row.
CREATE TABLE role (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    permissions TEXT NOT NULL,
    created_at  INTEGER NOT NULL
);

-- role is the uuid of one that is predefined or has a row.
CREATE TABLE principal_role (
    principal_id INTEGER NOT NULL REFERENCES principal (id) ON DELETE CASCADE,
    role         TEXT NOT NULL,
    PRIMARY KEY (principal_id, role)
);
CREATE INDEX principal_role_role ON principal_role (role);

-- hash is SHA-256 of the whole value, in hex; a token without a value has neither
-- prefix nor hash. permissions narrow those of the principal; empty leaves them all.
CREATE TABLE token (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid         TEXT NOT NULL UNIQUE,
    principal_id INTEGER NOT NULL REFERENCES principal (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    prefix       TEXT UNIQUE,
    hash         TEXT,
    writes       BOOLEAN NOT NULL,
    permissions  TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER
);
CREATE INDEX token_principal ON token (principal_id, id);

-- Another number with each change of the above, so that replicas know that what they
-- keep of it is out of date.
CREATE TABLE identity_change (
    number INTEGER NOT NULL
);
INSERT INTO identity_change (number) VALUES (1);

-- +goose Down

DROP TABLE identity_change;
DROP TABLE token;
DROP TABLE principal_role;
DROP TABLE role;
DROP TABLE principal;
