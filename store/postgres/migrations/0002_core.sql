-- The events of every package, and what each changed.
CREATE TABLE core_outbox (
    position     BIGINT      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    company_id   UUID        NOT NULL REFERENCES id_companies (id),
    id           UUID        NOT NULL UNIQUE,
    name         TEXT        NOT NULL,
    subject_kind TEXT        NOT NULL,
    subject_id   UUID        NOT NULL,
    actor_id     UUID,
    data         JSON        NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX core_outbox_company ON core_outbox (company_id, position);

CREATE TABLE core_audit (
    company_id   UUID        NOT NULL REFERENCES id_companies (id),
    id           UUID        NOT NULL,
    action       TEXT        NOT NULL,
    subject_kind TEXT COLLATE "C" NOT NULL,
    subject_id   UUID        NOT NULL,
    actor_id     UUID,
    changes      JSON        NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (company_id, created_at, id) -- entries are read in the order of time, and never by id alone
);
CREATE INDEX core_audit_subject ON core_audit (company_id, subject_kind, subject_id, created_at, id);
CREATE INDEX core_audit_actor ON core_audit (company_id, actor_id, created_at, id);
