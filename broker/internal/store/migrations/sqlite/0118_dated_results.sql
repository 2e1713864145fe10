-- +goose Up
-- Results that say themselves when they were executed, by that time: few, as a rule.
-- Those of a content that lost one are looked through for the first and the last, and
-- all others are in the order of their numbers.

CREATE INDEX verification_dated ON verification (content_id, executed_at) WHERE executed_at <> created_at;

-- +goose Down

DROP INDEX verification_dated;
