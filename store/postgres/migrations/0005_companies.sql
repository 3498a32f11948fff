-- The roles of companies, their members, and how more come in.
CREATE TABLE id_roles (
    company_id  UUID        NOT NULL REFERENCES id_companies (id),
    id          UUID        NOT NULL,
    name        TEXT        NOT NULL CHECK (name <> ''),
    name_key    TEXT COLLATE "C" NOT NULL, -- core.Fold of the name
    builtin     TEXT        NOT NULL CHECK (builtin IN ('', 'admin', 'internal_staff', 'partner', 'lead')),
    permissions JSONB       NOT NULL, -- of a built-in role, the code has them
    own_rows    BOOLEAN     NOT NULL,
    version     BIGINT      NOT NULL CHECK (version > 0),
    created_at  TIMESTAMPTZ NOT NULL,
    updated_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (company_id, id),
    UNIQUE (company_id, name_key)
);
CREATE UNIQUE INDEX id_roles_builtin ON id_roles (company_id, builtin) WHERE builtin <> '';

ALTER TABLE id_companies ADD FOREIGN KEY (id, default_role_id) REFERENCES id_roles (company_id, id);

CREATE TABLE id_members (
    company_id UUID        NOT NULL REFERENCES id_companies (id),
    id         UUID        NOT NULL,
    user_id    UUID        NOT NULL REFERENCES id_users (id),
    role_id    UUID        NOT NULL,
    active     BOOLEAN     NOT NULL,
    version    BIGINT      NOT NULL CHECK (version > 0),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (company_id, id),
    UNIQUE (company_id, user_id),
    FOREIGN KEY (company_id, role_id) REFERENCES id_roles (company_id, id)
);
CREATE INDEX id_members_user ON id_members (user_id, company_id);
CREATE INDEX id_members_created ON id_members (company_id, created_at, id);
CREATE INDEX id_members_all ON id_members (created_at, id);
CREATE INDEX id_members_role ON id_members (company_id, role_id, created_at, id);

CREATE TABLE id_invitations (
    company_id    UUID        NOT NULL REFERENCES id_companies (id),
    id            UUID        NOT NULL,
    email         TEXT        NOT NULL,
    email_key     TEXT        NOT NULL, -- the address without case
    role_id       UUID        NOT NULL,
    token_hash    TEXT        NOT NULL UNIQUE,
    created_by_id UUID,
    expires_at    TIMESTAMPTZ NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (company_id, id),
    UNIQUE (company_id, email_key),
    FOREIGN KEY (company_id, role_id) REFERENCES id_roles (company_id, id)
);
CREATE INDEX id_invitations_created ON id_invitations (company_id, created_at, id);
CREATE INDEX id_invitations_role ON id_invitations (company_id, role_id);

CREATE TABLE id_api_keys (
    company_id    UUID        NOT NULL REFERENCES id_companies (id),
    id            UUID        NOT NULL,
    name          TEXT        NOT NULL CHECK (name <> ''),
    role_id       UUID        NOT NULL,
    prefix        TEXT        NOT NULL,
    secret_hash   TEXT        NOT NULL UNIQUE,
    created_by_id UUID,
    expires_at    TIMESTAMPTZ,
    last_used_at  TIMESTAMPTZ,
    created_at    TIMESTAMPTZ NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, role_id) REFERENCES id_roles (company_id, id)
);
CREATE INDEX id_api_keys_created ON id_api_keys (company_id, created_at, id);
CREATE INDEX id_api_keys_role ON id_api_keys (company_id, role_id);
