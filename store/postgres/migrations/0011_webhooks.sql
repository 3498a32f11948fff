-- Where a company's events are posted to.
CREATE TABLE core_webhooks (
    company_id      UUID        NOT NULL REFERENCES id_companies (id),
    id              UUID        NOT NULL,
    url             TEXT        NOT NULL CHECK (url <> ''),
    description     TEXT        NOT NULL,
    events          JSONB       NOT NULL,
    active          BOOLEAN     NOT NULL,
    disabled_reason TEXT        NOT NULL,
    failing_since   TIMESTAMPTZ,
    created_by_id   UUID,
    version         BIGINT      NOT NULL CHECK (version > 0),
    created_at      TIMESTAMPTZ NOT NULL,
    updated_at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (company_id, id)
);
CREATE INDEX core_webhooks_created ON core_webhooks (company_id, created_at, id);

-- What the requests are signed with: the newest, and those before it until they end.
CREATE TABLE core_webhook_secrets (
    company_id  UUID        NOT NULL REFERENCES id_companies (id),
    id          UUID        NOT NULL,
    endpoint_id UUID        NOT NULL,
    secret      TEXT        NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    ends_at     TIMESTAMPTZ, -- NULL: it is the newest
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, endpoint_id) REFERENCES core_webhooks (company_id, id) ON DELETE CASCADE
);
CREATE INDEX core_webhook_secrets_endpoint ON core_webhook_secrets (company_id, endpoint_id, created_at);

-- One event on its way to one endpoint.
CREATE TABLE core_webhook_deliveries (
    company_id  UUID        NOT NULL REFERENCES id_companies (id),
    id          UUID        NOT NULL,
    endpoint_id UUID        NOT NULL,
    event_id    UUID        NOT NULL,
    event       TEXT        NOT NULL,
    body        TEXT        NOT NULL,
    state       TEXT        NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
    attempts    INTEGER     NOT NULL CHECK (attempts >= 0),
    last_error  TEXT        NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    updated_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (company_id, id),
    UNIQUE (company_id, endpoint_id, event_id),
    FOREIGN KEY (company_id, endpoint_id) REFERENCES core_webhooks (company_id, id) ON DELETE CASCADE
);
CREATE INDEX core_webhook_deliveries_created ON core_webhook_deliveries (company_id, created_at, id);
CREATE INDEX core_webhook_deliveries_of ON core_webhook_deliveries (company_id, endpoint_id, created_at, id);
CREATE INDEX core_webhook_deliveries_age ON core_webhook_deliveries (created_at);

-- One time that a delivery was posted.
CREATE TABLE core_webhook_attempts (
    company_id   UUID        NOT NULL REFERENCES id_companies (id),
    id           UUID        NOT NULL,
    delivery_id  UUID        NOT NULL,
    url          TEXT        NOT NULL,
    headers      JSONB       NOT NULL,
    status       INTEGER     NOT NULL,
    answer       TEXT        NOT NULL,
    error        TEXT        NOT NULL,
    milliseconds BIGINT      NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, delivery_id) REFERENCES core_webhook_deliveries (company_id, id) ON DELETE CASCADE
);
CREATE INDEX core_webhook_attempts_delivery ON core_webhook_attempts (company_id, delivery_id, created_at, id);
