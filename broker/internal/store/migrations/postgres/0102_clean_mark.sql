-- +goose Up
-- How far the clean-up has come: the id of the last row of each kind that it
-- looked at.

CREATE TABLE clean_mark (
    kind     TEXT NOT NULL PRIMARY KEY,
    after_id BIGINT NOT NULL
);

-- +goose Down

DROP TABLE clean_mark;
