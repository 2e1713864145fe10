-- +goose Up
-- The branches that a version is the head of are found among those that it is on.
-- Without an index on the head, a new head rewrites the branch's row alone; with
-- it, every publication on a branch wrote all indexes of the table.

DROP INDEX branch_head;

-- +goose Down

CREATE INDEX branch_head ON branch (head_version_id);
