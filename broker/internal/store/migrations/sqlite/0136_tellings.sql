-- +goose Up
-- What the tests of a success say of it: 0 nothing against it, or not looked at yet, 1 a
-- test failed, 2 nothing of the contract was tried, 3 it was tried in part.

ALTER TABLE verification ADD COLUMN telling INTEGER NOT NULL DEFAULT 0;

-- +goose Down

ALTER TABLE verification DROP COLUMN telling;
