-- What was answered to requests with an Idempotency-Key, for a day.
CREATE TABLE core_idempotency (
    scope      TEXT        NOT NULL, -- whose key it is: a company and an actor, or an address
    key        TEXT        NOT NULL,
    request    TEXT        NOT NULL, -- hash of the method, the path and the body
    status     INTEGER     NOT NULL DEFAULT 0, -- 0: not answered yet
    headers    JSONB        NOT NULL,
    body       BYTEA,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX core_idempotency_age ON core_idempotency (created_at);
