-- +goose Up
-- What the tests of a success say of it: 0 nothing against it, or not looked at yet, 1 a
-- test failed, 2 nothing of the contract was tried, 3 it was tried in part. The column
-- has a default, so that no row is written; who waits for the table is not kept waiting.

SET LOCAL lock_timeout = '5s';
ALTER TABLE verification ADD COLUMN telling SMALLINT NOT NULL DEFAULT 0;

-- +goose Down

ALTER TABLE verification DROP COLUMN telling;
