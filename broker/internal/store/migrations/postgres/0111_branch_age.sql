-- +goose Up
-- The clean-up finds the branches that nothing was added to for long in the order of
-- their age, a few at a time, however many there are. Publishing waits while the
-- index is made: seconds for millions of branches.

SET LOCAL lock_timeout = '5s';
SET LOCAL statement_timeout = 0;
CREATE INDEX branch_age ON branch (updated_at, id);

-- +goose Down

DROP INDEX branch_age;
