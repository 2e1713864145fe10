-- +goose Up
-- Times are microseconds since 1970.

CREATE TABLE pacticipant (
    id                   INTEGER PRIMARY KEY,
    name                 TEXT NOT NULL UNIQUE,
    name_fold            TEXT NOT NULL,
    display_name         TEXT NOT NULL,
    main_branch          TEXT NOT NULL DEFAULT '',
    repository_url       TEXT NOT NULL DEFAULT '',
    repository_name      TEXT NOT NULL DEFAULT '',
    repository_namespace TEXT NOT NULL DEFAULT '',
    created_at           INTEGER NOT NULL,
    updated_at           INTEGER NOT NULL
);
CREATE INDEX pacticipant_name_fold ON pacticipant (name_fold);

CREATE TABLE label (
    pacticipant_id INTEGER NOT NULL REFERENCES pacticipant (id) ON DELETE CASCADE,
    name           TEXT NOT NULL,
    created_at     INTEGER NOT NULL,
    PRIMARY KEY (pacticipant_id, name)
) WITHOUT ROWID;
CREATE INDEX label_name ON label (name);

-- Versions rank by (ord, id). ord stays 0 unless versions are ordered by
-- semantic version.
CREATE TABLE version (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    pacticipant_id INTEGER NOT NULL REFERENCES pacticipant (id) ON DELETE CASCADE,
    number         TEXT NOT NULL,
    ord            INTEGER NOT NULL DEFAULT 0,
    build_url      TEXT NOT NULL DEFAULT '',
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    UNIQUE (pacticipant_id, number)
);
CREATE INDEX version_order ON version (pacticipant_id, id DESC);

-- first_version_at is when the first version put on the branch was created.
-- head_seq is the greatest branch_version.seq ever given out.
CREATE TABLE branch (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    pacticipant_id   INTEGER NOT NULL REFERENCES pacticipant (id) ON DELETE CASCADE,
    name             TEXT NOT NULL,
    head_version_id  INTEGER,
    head_seq         INTEGER NOT NULL DEFAULT 0,
    first_version_at INTEGER,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    UNIQUE (pacticipant_id, name)
);
CREATE INDEX branch_head ON branch (head_version_id);
CREATE INDEX branch_updated ON branch (pacticipant_id, updated_at);
CREATE INDEX branch_name ON branch (name);

CREATE TABLE branch_version (
    branch_id  INTEGER NOT NULL REFERENCES branch (id) ON DELETE CASCADE,
    version_id INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
    seq        INTEGER NOT NULL,
    auto       BOOLEAN NOT NULL DEFAULT FALSE,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (branch_id, version_id)
) WITHOUT ROWID;
CREATE INDEX branch_version_version ON branch_version (version_id, branch_id);

CREATE TABLE tag (
    version_id INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (version_id, name)
) WITHOUT ROWID;
CREATE INDEX tag_name ON tag (name, version_id);

-- The latest version with each tag. The row exists as long as a version of
-- the pacticipant has the tag; first_at is when the first one got it.
CREATE TABLE tag_head (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    pacticipant_id INTEGER NOT NULL REFERENCES pacticipant (id) ON DELETE CASCADE,
    name           TEXT NOT NULL,
    version_id     INTEGER NOT NULL,
    first_at       INTEGER NOT NULL,
    UNIQUE (pacticipant_id, name)
);
CREATE INDEX tag_head_version ON tag_head (version_id);
CREATE INDEX tag_head_name ON tag_head (name);

CREATE TABLE content (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    consumer_id  INTEGER NOT NULL REFERENCES pacticipant (id) ON DELETE CASCADE,
    provider_id  INTEGER NOT NULL REFERENCES pacticipant (id) ON DELETE CASCADE,
    sha          TEXT NOT NULL,
    interactions INTEGER NOT NULL DEFAULT 0,
    messages     INTEGER NOT NULL DEFAULT 0,
    created_at   INTEGER NOT NULL,
    UNIQUE (consumer_id, provider_id, sha)
);
CREATE INDEX content_provider ON content (provider_id);

-- Bodies are zstd. Decisions never touch them.
CREATE TABLE content_body (
    content_id INTEGER PRIMARY KEY REFERENCES content (id) ON DELETE CASCADE,
    body       BLOB NOT NULL
);

CREATE TABLE publication (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    version_id  INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
    provider_id INTEGER NOT NULL REFERENCES pacticipant (id) ON DELETE CASCADE,
    consumer_id INTEGER NOT NULL,
    revision    INTEGER NOT NULL,
    content_id  INTEGER NOT NULL REFERENCES content (id) ON DELETE CASCADE,
    created_at  INTEGER NOT NULL,
    UNIQUE (version_id, provider_id, revision)
);
CREATE INDEX publication_content ON publication (content_id, version_id DESC);
CREATE INDEX publication_provider ON publication (provider_id, created_at);

-- The newest revision of each (version, provider).
CREATE TABLE pact_current (
    version_id     INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
    provider_id    INTEGER NOT NULL REFERENCES pacticipant (id) ON DELETE CASCADE,
    consumer_id    INTEGER NOT NULL,
    publication_id INTEGER NOT NULL,
    content_id     INTEGER NOT NULL REFERENCES content (id) ON DELETE CASCADE,
    created_at     INTEGER NOT NULL,
    PRIMARY KEY (version_id, provider_id)
) WITHOUT ROWID;
CREATE INDEX pact_current_pair ON pact_current (provider_id, consumer_id, version_id DESC);
CREATE INDEX pact_current_content ON pact_current (content_id, version_id DESC);

-- latest_version_id is the consumer version with the greatest order that has a
-- pact with the provider; NULL if none is left.
CREATE TABLE integration (
    consumer_id       INTEGER NOT NULL REFERENCES pacticipant (id) ON DELETE CASCADE,
    provider_id       INTEGER NOT NULL REFERENCES pacticipant (id) ON DELETE CASCADE,
    latest_version_id INTEGER,
    touched_at        INTEGER,
    created_at        INTEGER NOT NULL,
    PRIMARY KEY (consumer_id, provider_id)
) WITHOUT ROWID;
CREATE INDEX integration_provider ON integration (provider_id);

-- The pacts of the head version of each branch (kind 1, ref branch.id) and of
-- each tag (kind 2, ref tag_head.id).
CREATE TABLE head_pact (
    provider_id    INTEGER NOT NULL REFERENCES pacticipant (id) ON DELETE CASCADE,
    kind           INTEGER NOT NULL,
    ref_id         INTEGER NOT NULL,
    consumer_id    INTEGER NOT NULL REFERENCES pacticipant (id) ON DELETE CASCADE,
    publication_id INTEGER NOT NULL,
    content_id     INTEGER NOT NULL,
    published_at   INTEGER NOT NULL,
    PRIMARY KEY (provider_id, kind, ref_id)
) WITHOUT ROWID;
CREATE INDEX head_pact_ref ON head_pact (kind, ref_id);
CREATE INDEX head_pact_published ON head_pact (provider_id, published_at DESC);

-- The number of a result, as the API shows it, is its id.
CREATE TABLE verification (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    content_id          INTEGER NOT NULL REFERENCES content (id) ON DELETE CASCADE,
    provider_version_id INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
    success             BOOLEAN NOT NULL,
    wip                 BOOLEAN NOT NULL DEFAULT FALSE,
    pending             BOOLEAN,
    build_url           TEXT NOT NULL DEFAULT '',
    executed_at         INTEGER NOT NULL,
    created_at          INTEGER NOT NULL
);
CREATE INDEX verification_provider_version ON verification (provider_version_id);
CREATE INDEX verification_content ON verification (content_id, id);
-- Numbers begin where Pact Broker's do.
INSERT INTO sqlite_sequence (name, seq) VALUES ('verification', 100);

-- test_results and verified_by are zstd, selectors JSON.
CREATE TABLE verification_detail (
    verification_id INTEGER PRIMARY KEY REFERENCES verification (id) ON DELETE CASCADE,
    test_results    BLOB,
    verified_by     BLOB,
    selectors       TEXT
);

-- The newest result of each (content, provider version).
CREATE TABLE verification_current (
    content_id          INTEGER NOT NULL REFERENCES content (id) ON DELETE CASCADE,
    provider_version_id INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
    verification_id     INTEGER NOT NULL,
    success             BOOLEAN NOT NULL,
    PRIMARY KEY (content_id, provider_version_id)
) WITHOUT ROWID;
CREATE INDEX verification_current_version ON verification_current (provider_version_id, content_id);

-- latest_main_verification_id is the newest result by a version on the
-- provider's main branch.
CREATE TABLE content_state (
    content_id                  INTEGER PRIMARY KEY REFERENCES content (id) ON DELETE CASCADE,
    latest_verification_id      INTEGER NOT NULL,
    latest_main_verification_id INTEGER,
    any_success_at              INTEGER
);

-- When a content was first and last verified with success by a provider
-- version on a branch (scope 1, ref branch.id) or with a tag (scope 2, ref
-- tag_head.id), apart for results obtained as work in progress.
CREATE TABLE content_scope_success (
    content_id        INTEGER NOT NULL REFERENCES content (id) ON DELETE CASCADE,
    scope             INTEGER NOT NULL,
    ref_id            INTEGER NOT NULL,
    wip               BOOLEAN NOT NULL,
    first_created_at  INTEGER NOT NULL,
    first_executed_at INTEGER NOT NULL,
    last_executed_at  INTEGER NOT NULL,
    PRIMARY KEY (content_id, scope, ref_id, wip)
) WITHOUT ROWID;
CREATE INDEX content_scope_created ON content_scope_success (content_id, scope, first_created_at);
CREATE INDEX content_scope_executed ON content_scope_success (content_id, scope, wip, first_executed_at);
CREATE INDEX content_scope_ref ON content_scope_success (scope, ref_id);

CREATE TABLE environment (
    id           INTEGER PRIMARY KEY,
    uuid         TEXT NOT NULL UNIQUE,
    name         TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    production   BOOLEAN NOT NULL,
    contacts     TEXT NOT NULL DEFAULT '',
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
);

-- instance is '' where none was named.
CREATE TABLE deployed_version (
    id             INTEGER PRIMARY KEY,
    uuid           TEXT NOT NULL UNIQUE,
    version_id     INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
    pacticipant_id INTEGER NOT NULL,
    environment_id INTEGER NOT NULL REFERENCES environment (id) ON DELETE CASCADE,
    instance       TEXT NOT NULL DEFAULT '',
    auto           BOOLEAN NOT NULL DEFAULT FALSE,
    created_at     INTEGER NOT NULL,
    undeployed_at  INTEGER
);
CREATE INDEX deployed_version_version ON deployed_version (version_id);
CREATE INDEX deployed_version_environment ON deployed_version (environment_id, pacticipant_id);

CREATE TABLE deployed_current (
    pacticipant_id      INTEGER NOT NULL,
    environment_id      INTEGER NOT NULL REFERENCES environment (id) ON DELETE CASCADE,
    instance            TEXT NOT NULL,
    version_id          INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
    deployed_version_id INTEGER NOT NULL,
    PRIMARY KEY (pacticipant_id, environment_id, instance)
) WITHOUT ROWID;
CREATE INDEX deployed_current_environment ON deployed_current (environment_id, pacticipant_id);
CREATE INDEX deployed_current_version ON deployed_current (version_id);

CREATE TABLE released_version (
    id             INTEGER PRIMARY KEY,
    uuid           TEXT NOT NULL UNIQUE,
    version_id     INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
    pacticipant_id INTEGER NOT NULL,
    environment_id INTEGER NOT NULL REFERENCES environment (id) ON DELETE CASCADE,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    ended_at       INTEGER,
    UNIQUE (version_id, environment_id)
);
CREATE INDEX released_version_open ON released_version (pacticipant_id, environment_id, version_id) WHERE ended_at IS NULL;
CREATE INDEX released_version_environment ON released_version (environment_id);

-- headers and body are JSON.
CREATE TABLE webhook (
    id             INTEGER PRIMARY KEY,
    uuid           TEXT NOT NULL UNIQUE,
    description    TEXT NOT NULL DEFAULT '',
    consumer_id    INTEGER REFERENCES pacticipant (id) ON DELETE CASCADE,
    consumer_label TEXT NOT NULL DEFAULT '',
    provider_id    INTEGER REFERENCES pacticipant (id) ON DELETE CASCADE,
    provider_label TEXT NOT NULL DEFAULT '',
    enabled        BOOLEAN NOT NULL DEFAULT TRUE,
    method         TEXT NOT NULL,
    url            TEXT NOT NULL,
    headers        TEXT NOT NULL DEFAULT '',
    body           TEXT NOT NULL DEFAULT '',
    username       TEXT NOT NULL DEFAULT '',
    password       TEXT NOT NULL DEFAULT '',
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL
);
CREATE INDEX webhook_consumer ON webhook (consumer_id);
CREATE INDEX webhook_provider ON webhook (provider_id);

CREATE TABLE webhook_event (
    webhook_id INTEGER NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    position   INTEGER NOT NULL,
    PRIMARY KEY (webhook_id, name)
) WITHOUT ROWID;
CREATE INDEX webhook_event_name ON webhook_event (name, webhook_id);

-- context is JSON. webhook_id becomes NULL when the webhook is deleted.
CREATE TABLE triggered_webhook (
    id              INTEGER PRIMARY KEY,
    uuid            TEXT NOT NULL UNIQUE,
    webhook_id      INTEGER REFERENCES webhook (id) ON DELETE SET NULL,
    webhook_uuid    TEXT NOT NULL,
    event           TEXT NOT NULL,
    context         TEXT NOT NULL DEFAULT '',
    consumer_id     INTEGER NOT NULL REFERENCES pacticipant (id) ON DELETE CASCADE,
    provider_id     INTEGER NOT NULL REFERENCES pacticipant (id) ON DELETE CASCADE,
    publication_id  INTEGER REFERENCES publication (id) ON DELETE CASCADE,
    verification_id INTEGER REFERENCES verification (id) ON DELETE SET NULL,
    status          TEXT NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL
);
CREATE INDEX triggered_webhook_latest ON triggered_webhook (webhook_id, consumer_id, provider_id, event, id DESC);
CREATE INDEX triggered_webhook_pair ON triggered_webhook (provider_id, consumer_id);
CREATE INDEX triggered_webhook_consumer ON triggered_webhook (consumer_id);
CREATE INDEX triggered_webhook_publication ON triggered_webhook (publication_id);
CREATE INDEX triggered_webhook_verification ON triggered_webhook (verification_id);
CREATE INDEX triggered_webhook_open ON triggered_webhook (created_at) WHERE status IN ('not_run', 'retrying');

CREATE TABLE webhook_attempt (
    id           INTEGER PRIMARY KEY,
    triggered_id INTEGER NOT NULL REFERENCES triggered_webhook (id) ON DELETE CASCADE,
    success      BOOLEAN NOT NULL,
    logs         TEXT NOT NULL DEFAULT '',
    created_at   INTEGER NOT NULL
);
CREATE INDEX webhook_attempt_triggered ON webhook_attempt (triggered_id);

-- +goose Down

DROP TABLE webhook_attempt;
DROP TABLE triggered_webhook;
DROP TABLE webhook_event;
DROP TABLE webhook;
DROP TABLE released_version;
DROP TABLE deployed_current;
DROP TABLE deployed_version;
DROP TABLE environment;
DROP TABLE content_scope_success;
DROP TABLE content_state;
DROP TABLE verification_current;
DROP TABLE verification_detail;
DROP TABLE verification;
DROP TABLE head_pact;
DROP TABLE integration;
DROP TABLE pact_current;
DROP TABLE publication;
DROP TABLE content_body;
DROP TABLE content;
DROP TABLE tag_head;
DROP TABLE tag;
DROP TABLE branch_version;
DROP TABLE branch;
DROP TABLE version;
DROP TABLE label;
DROP TABLE pacticipant;
