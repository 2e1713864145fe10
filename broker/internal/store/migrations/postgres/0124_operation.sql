-- +goose Up
-- What people are told of the broker itself: which release each replica runs and since
-- when, and what came of periodic work the last time. A replica that does not know the
-- columns tells neither.

ALTER TABLE replica ADD COLUMN release TEXT NOT NULL DEFAULT '';
ALTER TABLE replica ADD COLUMN since TIMESTAMPTZ;

-- report is JSON. asked says that a person began it and not the time.
CREATE TABLE work_outcome (
    name     TEXT NOT NULL PRIMARY KEY,
    began_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ NOT NULL,
    asked    BOOLEAN NOT NULL,
    failure  TEXT NOT NULL,
    report   TEXT NOT NULL
);

-- +goose Down

DROP TABLE work_outcome;
ALTER TABLE replica DROP COLUMN since;
ALTER TABLE replica DROP COLUMN release;
