-- +goose Up
-- Which brokers run on this database, what is to be done now and then and who
-- does it, what tells attempts of webhooks apart, and the oldest treaty that may
-- work with this schema.

-- beat grows while the broker lives.
CREATE TABLE replica (
    id             TEXT NOT NULL PRIMARY KEY,
    beat           INTEGER NOT NULL,
    schema_version INTEGER NOT NULL
);

-- runner is the replica that does the work now.
CREATE TABLE periodic_work (
    name   TEXT NOT NULL PRIMARY KEY,
    due_at INTEGER NOT NULL,
    runner TEXT
);

-- Whoever is not sure that an attempt was stored stores it again by the same
-- identity.
ALTER TABLE webhook_attempt ADD COLUMN uuid TEXT;

-- A treaty that knows less than the schema version oldest neither reads nor
-- writes here. A migration that takes away what the treaty before it needs
-- raises it; docs/decisions says when that is allowed.
CREATE TABLE schema_reach (
    one    INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    oldest INTEGER NOT NULL
);
INSERT INTO schema_reach (one, oldest) VALUES (1, 110);

-- +goose Down

ALTER TABLE webhook_attempt DROP COLUMN uuid;
DROP TABLE schema_reach;
DROP TABLE periodic_work;
DROP TABLE replica;
