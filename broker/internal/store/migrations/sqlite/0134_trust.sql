-- +goose Up
-- Which tokens of other issuers count, and as whose.

-- conditions are a JSON object of what claims have to be. permissions narrow those of the
-- principal, separated by spaces; empty leaves them all. The first rule that fits counts,
-- by position.
CREATE TABLE trust_rule (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid         TEXT NOT NULL UNIQUE,
    name         TEXT NOT NULL UNIQUE,
    principal_id INTEGER NOT NULL REFERENCES principal (id) ON DELETE CASCADE,
    issuer       TEXT NOT NULL,
    audience     TEXT NOT NULL,
    conditions   TEXT NOT NULL,
    writes       BOOLEAN NOT NULL,
    permissions  TEXT NOT NULL,
    active       BOOLEAN NOT NULL,
    position     INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    last_used_at INTEGER
);
CREATE INDEX trust_rule_principal ON trust_rule (principal_id);

-- The rule by which a token was given for one of another issuer; NULL for one that
-- somebody made.
ALTER TABLE token ADD COLUMN rule_id INTEGER REFERENCES trust_rule (id) ON DELETE CASCADE;
CREATE INDEX token_rule ON token (rule_id) WHERE rule_id IS NOT NULL;
CREATE INDEX token_exchanged ON token (expires_at) WHERE rule_id IS NOT NULL;

-- +goose Down

DROP INDEX token_exchanged;
DROP INDEX token_rule;
ALTER TABLE token DROP COLUMN rule_id;
DROP TABLE trust_rule;
