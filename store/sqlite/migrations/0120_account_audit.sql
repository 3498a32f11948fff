-- What happens to accounts, and from where. Users belong to no company, so their audit does not either.
CREATE TABLE id_account_audit (
    subject_id   TEXT      NOT NULL REFERENCES id_users (id) ON DELETE CASCADE,
    id           TEXT      NOT NULL,
    action       TEXT      NOT NULL,
    subject_kind TEXT      NOT NULL CHECK (subject_kind = 'user'),
    actor_id     TEXT,
    changes      TEXT      NOT NULL,
    network      TEXT      NOT NULL,
    agent        TEXT      NOT NULL,
    created_at   TIMESTAMP NOT NULL,
    PRIMARY KEY (subject_id, created_at, id)
);
CREATE INDEX id_account_audit_network ON id_account_audit (subject_id, network, created_at);

ALTER TABLE id_sessions ADD COLUMN network TEXT NOT NULL DEFAULT '';
ALTER TABLE id_sessions ADD COLUMN agent TEXT NOT NULL DEFAULT '';
CREATE INDEX id_sessions_newest ON id_sessions (user_id, created_at, id);
