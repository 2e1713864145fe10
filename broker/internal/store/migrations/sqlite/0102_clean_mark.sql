-- +goose Up
-- How far the clean-up has come: the id of the last row of each kind that it
-- looked at.

CREATE TABLE clean_mark (
    kind     TEXT NOT NULL PRIMARY KEY,
    after_id INTEGER NOT NULL
) WITHOUT ROWID;

-- +goose Down

DROP TABLE clean_mark;
