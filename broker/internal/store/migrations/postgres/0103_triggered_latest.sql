-- +goose Up
-- The latest firing of each webhook and event of a pair is found by stepping
-- from one to the next, however often they fired.

CREATE INDEX triggered_webhook_of_pair ON triggered_webhook (provider_id, consumer_id, webhook_id, event, id DESC);
DROP INDEX triggered_webhook_pair;

-- +goose Down

CREATE INDEX triggered_webhook_pair ON triggered_webhook (provider_id, consumer_id);
DROP INDEX triggered_webhook_of_pair;
