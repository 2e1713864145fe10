-- +goose NO TRANSACTION
-- +goose Up
-- What a webhook delivered last, since when it fails, and its firings from the newest
-- on, are found by the index, however often it has fired. The index is made beside the
-- traffic; one that was cut off is made anew.

SET statement_timeout = 0;
DROP INDEX IF EXISTS triggered_webhook_of_webhook;
CREATE INDEX CONCURRENTLY triggered_webhook_of_webhook ON triggered_webhook (webhook_id, status, id);
RESET statement_timeout;

-- +goose Down

DROP INDEX triggered_webhook_of_webhook;
