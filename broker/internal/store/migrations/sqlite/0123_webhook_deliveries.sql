-- +goose Up
-- What a webhook delivered last, since when it fails, and its firings from the newest
-- on, are found by the index, however often it has fired.

CREATE INDEX triggered_webhook_of_webhook ON triggered_webhook (webhook_id, status, id);

-- +goose Down

DROP INDEX triggered_webhook_of_webhook;
