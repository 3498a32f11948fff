-- Appointments that were booked together by a rule.
CREATE TABLE sched_series (
    company_id      UUID        NOT NULL REFERENCES id_companies (id),
    id              UUID        NOT NULL,
    agenda_id       UUID        NOT NULL,
    client_id       UUID,
    title           TEXT        NOT NULL,
    description     TEXT        NOT NULL,
    location        TEXT        NOT NULL,
    url             TEXT        NOT NULL,
    timezone        TEXT        NOT NULL,
    source          TEXT        NOT NULL,
    google_event_id TEXT        NOT NULL,
    start_date      TIMESTAMPTZ NOT NULL,
    rule            TEXT        NOT NULL CHECK (rule <> ''),
    party_size      BIGINT      NOT NULL CHECK (party_size > 0),
    zone            TEXT        NOT NULL,
    duration        BIGINT      NOT NULL CHECK (duration > 0),
    uid             TEXT        NOT NULL,
    sequence        BIGINT      NOT NULL,
    created_by_id   UUID,
    version         BIGINT      NOT NULL CHECK (version > 0),
    created_at      TIMESTAMPTZ NOT NULL,
    updated_at      TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (company_id, agenda_id) REFERENCES sched_agendas (company_id, id)
);
CREATE INDEX sched_series_agenda ON sched_series (company_id, agenda_id, start_date, id);
ALTER TABLE sched_series ADD PRIMARY KEY (company_id, id); -- last: see crm_contacts

-- When the rule of its series has an appointment, whenever it begins itself.
ALTER TABLE sched_appointments ADD COLUMN recurrence_date TIMESTAMPTZ;
