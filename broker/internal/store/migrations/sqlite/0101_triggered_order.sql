-- +goose Up
-- The newest firings of a publication are read in the order of the index,
-- however many there are.

CREATE INDEX triggered_webhook_newest ON triggered_webhook (publication_id, id DESC);
DROP INDEX triggered_webhook_publication;

-- +goose Down

CREATE INDEX triggered_webhook_publication ON triggered_webhook (publication_id);
DROP INDEX triggered_webhook_newest;
