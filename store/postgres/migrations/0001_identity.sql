-- Companies. The other tables of package identity come in files of their own.
CREATE TABLE id_companies (
    id             UUID        NOT NULL PRIMARY KEY,
    name           TEXT        NOT NULL CHECK (name <> ''),
    slug           TEXT COLLATE "C" NOT NULL UNIQUE,
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
    contact_policy JSONB       NOT NULL DEFAULT '["phone", "email", "location", "type"]',
    default_role_id UUID, -- of those who join by the invite code; NULL: the built-in lead
    invite_code    TEXT        NOT NULL DEFAULT '', -- '' lets nobody in
    version        BIGINT      NOT NULL DEFAULT 1,
    created_at     TIMESTAMPTZ NOT NULL,
    updated_at     TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX id_companies_invite_code ON id_companies (invite_code) WHERE invite_code <> '';
CREATE INDEX id_companies_created ON id_companies (created_at, id);
