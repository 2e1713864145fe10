-- +goose NO TRANSACTION
-- +goose Up
-- What happened in an environment, the newest first, without reading all that ever did.
-- The indexes are made beside the traffic; one that was cut off is made anew.

SET statement_timeout = 0;
DROP INDEX IF EXISTS deployed_version_began;
CREATE INDEX CONCURRENTLY deployed_version_began ON deployed_version (environment_id, created_at, id);
DROP INDEX IF EXISTS deployed_version_ended;
CREATE INDEX CONCURRENTLY deployed_version_ended ON deployed_version (environment_id, undeployed_at, id);
DROP INDEX IF EXISTS released_version_began;
CREATE INDEX CONCURRENTLY released_version_began ON released_version (environment_id, created_at, id);
DROP INDEX IF EXISTS released_version_ended;
CREATE INDEX CONCURRENTLY released_version_ended ON released_version (environment_id, ended_at, id);
RESET statement_timeout;

-- +goose Down

DROP INDEX released_version_ended;
DROP INDEX released_version_began;
DROP INDEX deployed_version_ended;
DROP INDEX deployed_version_began;
