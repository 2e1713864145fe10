-- +goose Up
-- How many changes of facts a replica has made, so that the open pages of the
-- others follow. One that does not know the column tells of none.
ALTER TABLE replica ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE replica DROP COLUMN changes;
