-- The events of every package, and what each changed.
CREATE TABLE core_outbox (
    position     INTEGER     PRIMARY KEY AUTOINCREMENT,
    company_id   TEXT        NOT NULL REFERENCES id_companies (id),
    id           TEXT        NOT NULL UNIQUE,
    name         TEXT        NOT NULL,
    subject_kind TEXT        NOT NULL,
    subject_id   TEXT        NOT NULL,
    actor_id     TEXT,
    data         TEXT       NOT NULL,
    created_at   TIMESTAMP NOT NULL
);
CREATE INDEX core_outbox_company ON core_outbox (company_id, position);

CREATE TABLE core_audit (
    company_id   TEXT        NOT NULL REFERENCES id_companies (id),
    id           TEXT        NOT NULL,
    action       TEXT        NOT NULL,
    subject_kind TEXT        NOT NULL,
    subject_id   TEXT        NOT NULL,
    actor_id     TEXT,
    changes      TEXT       NOT NULL,
    created_at   TIMESTAMP NOT NULL,
    PRIMARY KEY (company_id, created_at, id) -- entries are read in the order of time, and never by id alone
);
CREATE INDEX core_audit_subject ON core_audit (company_id, subject_kind, subject_id, created_at, id);
CREATE INDEX core_audit_actor ON core_audit (company_id, actor_id, created_at, id);
