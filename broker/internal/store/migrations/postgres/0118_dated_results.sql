-- +goose NO TRANSACTION
-- +goose Up
-- Results that say themselves when they were executed, by that time: few, as a rule.
-- Those of a content that lost one are looked through for the first and the last, and
-- all others are in the order of their numbers. The index is made beside the traffic;
-- one that was cut off is made anew.

SET statement_timeout = 0;
DROP INDEX IF EXISTS verification_dated;
CREATE INDEX CONCURRENTLY verification_dated ON verification (content_id, executed_at) WHERE executed_at <> created_at;
RESET statement_timeout;

-- +goose Down

DROP INDEX verification_dated;
