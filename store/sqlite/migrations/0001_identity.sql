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
    default_role_id TEXT, -- of those who join by the invite code; NULL: the built-in lead
    invite_code    TEXT        NOT NULL DEFAULT '', -- '' lets nobody in
    version        BIGINT      NOT NULL DEFAULT 1,
    created_at     TIMESTAMP NOT NULL,
    updated_at     TIMESTAMP NOT NULL,
    FOREIGN KEY (id, default_role_id) REFERENCES id_roles (company_id, id) -- a table of a later step
);
CREATE UNIQUE INDEX id_companies_invite_code ON id_companies (invite_code) WHERE invite_code <> '';
CREATE INDEX id_companies_created ON id_companies (created_at, id);
