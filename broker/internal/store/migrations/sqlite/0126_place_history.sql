-- +goose Up
-- What happened in an environment, the newest first, without reading all that ever did.

CREATE INDEX deployed_version_began ON deployed_version (environment_id, created_at, id);
CREATE INDEX deployed_version_ended ON deployed_version (environment_id, undeployed_at, id);
CREATE INDEX released_version_began ON released_version (environment_id, created_at, id);
CREATE INDEX released_version_ended ON released_version (environment_id, ended_at, id);

-- +goose Down

DROP INDEX released_version_ended;
DROP INDEX released_version_began;
DROP INDEX deployed_version_ended;
DROP INDEX deployed_version_began;
