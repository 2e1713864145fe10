-- +goose Up
-- Values that webhooks send and nobody is shown.

-- team is the uuid of a team, NULL for none; name_key is team, a blank and name, since
-- NULL is equal to nothing; hosts are separated by spaces. sealed is
-- the value encrypted with AES-256-GCM, nonce first, bound to uuid, name and hosts;
-- key_id names its key.
CREATE TABLE secret (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid        TEXT NOT NULL UNIQUE,
    team        TEXT,
    name        TEXT NOT NULL,
    name_key    TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    hosts       TEXT NOT NULL,
    sealed      BLOB NOT NULL,
    key_id      TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
);

-- +goose Down

DROP TABLE secret;
