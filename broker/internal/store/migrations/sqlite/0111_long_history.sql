-- +goose Up
-- The clean-up finds the branches that nothing was added to for long in the order of
-- their age, a few at a time, however many there are.

CREATE INDEX branch_age ON branch (updated_at, id);

-- +goose Down

DROP INDEX branch_age;
