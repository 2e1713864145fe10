-- +goose Up
-- What a broker with a long history holds, as it was counted last: one row, which comes
-- to be when somebody asks for the first time. asked_at is when somebody began to count.

CREATE TABLE kept_metrics (
    one        INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    asked_at   INTEGER NOT NULL,
    counted_at INTEGER,
    figures    TEXT
);

-- +goose Down

DROP TABLE kept_metrics;
