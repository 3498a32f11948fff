-- Users, and by what they prove who they are. They belong to no company.
CREATE TABLE id_users (
    id                UUID NOT NULL PRIMARY KEY,
    first_name        TEXT NOT NULL CHECK (first_name <> ''),
    last_name         TEXT NOT NULL,
    phone             TEXT NOT NULL,
    designation       TEXT NOT NULL,
    email             TEXT NOT NULL,
    email_key         TEXT COLLATE "C" NOT NULL UNIQUE, -- the address without case; of a deleted user, the id
    email_verified_at TIMESTAMPTZ,
    password_hash     TEXT NOT NULL, -- '' lets nobody in
    picture           TEXT NOT NULL,
    active            BOOLEAN NOT NULL,
    platform_admin    BOOLEAN NOT NULL,
    version           BIGINT NOT NULL CHECK (version > 0),
    created_at        TIMESTAMPTZ NOT NULL,
    updated_at        TIMESTAMPTZ NOT NULL,
    deleted_at        TIMESTAMPTZ
);
CREATE INDEX id_users_created ON id_users (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX id_users_admins ON id_users (id) WHERE platform_admin AND active;

CREATE TABLE id_sessions (
    id                UUID NOT NULL PRIMARY KEY,
    user_id           UUID NOT NULL REFERENCES id_users (id) ON DELETE CASCADE,
    family_hash       TEXT NOT NULL UNIQUE,
    access_hash       TEXT NOT NULL UNIQUE,
    refresh_hash      TEXT NOT NULL,
    access_expires_at TIMESTAMPTZ NOT NULL,
    expires_at        TIMESTAMPTZ NOT NULL,
    created_at        TIMESTAMPTZ NOT NULL,
    refreshed_at      TIMESTAMPTZ NOT NULL
);
CREATE INDEX id_sessions_user ON id_sessions (user_id, expires_at);

CREATE TABLE id_one_time_tokens (
    user_id    UUID NOT NULL REFERENCES id_users (id) ON DELETE CASCADE,
    purpose    TEXT NOT NULL CHECK (purpose IN ('verify_email', 'reset_password', 'change_email')),
    hash       TEXT NOT NULL UNIQUE,
    email      TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at    TIMESTAMPTZ,
    PRIMARY KEY (user_id, purpose)
);
