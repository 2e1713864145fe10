-- +goose Up
-- Two versions of an application are live in a place from the start of a rollout to its
-- end: the current one, and the candidate.

-- rollout is the uuid of the rollout whose candidate a row is, and empty for what is
-- current. The key has one row for each place, so that of a candidate calls its place
-- otherwise: a line feed, which no name has, and the name.
ALTER TABLE deployed_current ADD COLUMN rollout TEXT NOT NULL DEFAULT '';

-- rollout is the uuid of the one by which the version came, and promoted_at when it
-- became current by that. gate_answer is the number of the answer that was asked for
-- first, and against_gate says that it was no yes. rollback is 0 for none, 1 for one that
-- says so, 2 for one that was found out.
ALTER TABLE deployed_version ADD COLUMN rollout TEXT NOT NULL DEFAULT '';
ALTER TABLE deployed_version ADD COLUMN promoted_at INTEGER;
ALTER TABLE deployed_version ADD COLUMN gate_answer INTEGER;
ALTER TABLE deployed_version ADD COLUMN against_gate BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE deployed_version ADD COLUMN rollback INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deployed_version ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE deployed_version ADD COLUMN recorded_by TEXT NOT NULL DEFAULT '';

-- share is in hundredths of a per cent. previous is the number of the version that was
-- current at the start, empty for none. running is true while it runs and NULL afterwards,
-- so that one runs in a place at a time.
CREATE TABLE rollout (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    uuid                TEXT NOT NULL UNIQUE,
    deployed_version_id INTEGER NOT NULL REFERENCES deployed_version (id) ON DELETE CASCADE,
    pacticipant_id      INTEGER NOT NULL,
    environment_id      INTEGER NOT NULL,
    instance            TEXT NOT NULL,
    strategy            TEXT NOT NULL,
    share               INTEGER NOT NULL,
    state               TEXT NOT NULL,
    previous            TEXT NOT NULL,
    started_at          INTEGER NOT NULL,
    started_by          TEXT NOT NULL,
    ended_at            INTEGER,
    ended_by            TEXT NOT NULL,
    outcome             TEXT NOT NULL,
    reason              TEXT NOT NULL,
    updated_at          INTEGER NOT NULL,
    running             BOOLEAN,
    UNIQUE (pacticipant_id, environment_id, instance, running)
);
CREATE INDEX rollout_running ON rollout (environment_id, pacticipant_id, id) WHERE running;
CREATE INDEX rollout_environment ON rollout (environment_id, id);
CREATE INDEX rollout_pacticipant ON rollout (pacticipant_id, environment_id, id);
CREATE INDEX rollout_record ON rollout (deployed_version_id);

-- +goose Down

DROP TABLE rollout;
ALTER TABLE deployed_version DROP COLUMN rollout;
ALTER TABLE deployed_version DROP COLUMN promoted_at;
ALTER TABLE deployed_version DROP COLUMN gate_answer;
ALTER TABLE deployed_version DROP COLUMN against_gate;
ALTER TABLE deployed_version DROP COLUMN rollback;
ALTER TABLE deployed_version DROP COLUMN reason;
ALTER TABLE deployed_version DROP COLUMN recorded_by;
DELETE FROM deployed_current WHERE rollout <> '';
ALTER TABLE deployed_current DROP COLUMN rollout;
