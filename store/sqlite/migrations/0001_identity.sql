-- Companies. The other tables of package identity come in files of their own.
CREATE TABLE id_companies (
    id             TEXT        NOT NULL PRIMARY KEY,
    name           TEXT        NOT NULL CHECK (name <> ''),
    slug           TEXT        NOT NULL UNIQUE,
    description    TEXT        NOT NULL DEFAULT '',
    website        TEXT        NOT NULL DEFAULT '',
    email          TEXT        NOT NULL DEFAULT '',
    phone          TEXT        NOT NULL DEFAULT '',
    logo           TEXT        NOT NULL DEFAULT '',
    active         BOOLEAN     NOT NULL DEFAULT TRUE,
    timezone       TEXT        NOT NULL DEFAULT 'UTC',
    locale         TEXT        NOT NULL DEFAULT 'en',
    country        TEXT        NOT NULL DEFAULT '',
    currency       TEXT        NOT NULL DEFAULT 'USD',
    contact_policy TEXT       NOT NULL DEFAULT '["phone", "email", "location", "type"]',
    version        BIGINT      NOT NULL DEFAULT 1,
    created_at     TIMESTAMP NOT NULL,
    updated_at     TIMESTAMP NOT NULL
);
