-- +goose Up

-- Who made a token, or gave it its value, by name: the maker may be gone. Empty for those
-- of before.
ALTER TABLE token ADD COLUMN made_by TEXT NOT NULL DEFAULT '';

-- +goose Down

ALTER TABLE token DROP COLUMN made_by;
