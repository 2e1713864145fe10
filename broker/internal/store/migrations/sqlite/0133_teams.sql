-- +goose Up
-- Who belongs together, and what belongs to them. Something may belong to several teams.

CREATE TABLE team (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid       TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL UNIQUE,
    name_fold  TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX team_name_fold ON team (name_fold, name, id);

CREATE TABLE team_member (
    team_id      INTEGER NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    principal_id INTEGER NOT NULL REFERENCES principal (id) ON DELETE CASCADE,
    administers  BOOLEAN NOT NULL,
    PRIMARY KEY (team_id, principal_id)
);
CREATE INDEX team_member_principal ON team_member (principal_id);

CREATE TABLE team_pacticipant (
    team_id        INTEGER NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    pacticipant_id INTEGER NOT NULL REFERENCES pacticipant (id) ON DELETE CASCADE,
    PRIMARY KEY (team_id, pacticipant_id)
);
CREATE INDEX team_pacticipant_pacticipant ON team_pacticipant (pacticipant_id);

CREATE TABLE team_environment (
    team_id        INTEGER NOT NULL REFERENCES team (id) ON DELETE CASCADE,
    environment_id INTEGER NOT NULL REFERENCES environment (id) ON DELETE CASCADE,
    PRIMARY KEY (team_id, environment_id)
);
CREATE INDEX team_environment_environment ON team_environment (environment_id);

-- The uuid of the principal that published the application first; empty where nobody is
-- known.
ALTER TABLE pacticipant ADD COLUMN created_by TEXT NOT NULL DEFAULT '';

-- The uuid of the team of a webhook; empty for none.
ALTER TABLE webhook ADD COLUMN team TEXT NOT NULL DEFAULT '';

-- +goose Down

ALTER TABLE webhook DROP COLUMN team;
ALTER TABLE pacticipant DROP COLUMN created_by;
DROP TABLE team_environment;
DROP TABLE team_pacticipant;
DROP TABLE team_member;
DROP TABLE team;
