-- Agendas, and the appointments in them.
CREATE EXTENSION IF NOT EXISTS btree_gist; -- trusted: the owner of a database may create it

CREATE TABLE sched_agendas (
    company_id    UUID        NOT NULL REFERENCES id_companies (id),
    id            UUID        NOT NULL,
    name          TEXT        NOT NULL CHECK (name <> ''),
    name_key      TEXT COLLATE "C" NOT NULL, -- core.Fold of the name
    slug          TEXT COLLATE "C" NOT NULL, -- of the public page; '' has none
    description   TEXT        NOT NULL,
    location      TEXT        NOT NULL,
    rules         JSONB       NOT NULL,
    members       JSONB       NOT NULL,
    approval      BOOLEAN     NOT NULL,
    hold_minutes  BIGINT      NOT NULL,
    move_notice   BIGINT      NOT NULL,
    cancel_notice BIGINT      NOT NULL,
    reminders     JSONB       NOT NULL,
    active        BOOLEAN     NOT NULL,
    created_by_id UUID,
    version       BIGINT      NOT NULL CHECK (version > 0),
    created_at    TIMESTAMPTZ NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL
);
CREATE INDEX sched_agendas_name ON sched_agendas (company_id, name_key, id);
CREATE UNIQUE INDEX sched_agendas_slug ON sched_agendas (slug) WHERE slug <> '';
ALTER TABLE sched_agendas ADD PRIMARY KEY (company_id, id); -- last: see crm_contacts

-- Who takes an agenda's appointments, to find agendas by.
CREATE TABLE sched_agenda_members (
    company_id UUID NOT NULL, -- the agenda has the reference to it
    agenda_id  UUID NOT NULL,
    member_id  UUID NOT NULL,
    PRIMARY KEY (company_id, agenda_id, member_id),
    FOREIGN KEY (company_id, agenda_id) REFERENCES sched_agendas (company_id, id) ON DELETE CASCADE
);
CREATE INDEX sched_agenda_members_member ON sched_agenda_members (company_id, member_id);

-- Everybody who takes appointments anywhere: a row to lock while their time is looked at.
CREATE TABLE sched_people (
    company_id UUID        NOT NULL REFERENCES id_companies (id),
    id         UUID        NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (company_id, id)
);

CREATE TABLE sched_holidays (
    company_id UUID        NOT NULL REFERENCES id_companies (id),
    day        TEXT COLLATE "C" NOT NULL, -- YYYY-MM-DD
    name       TEXT        NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (company_id, day)
);

CREATE TABLE sched_appointments (
    company_id      UUID        NOT NULL REFERENCES id_companies (id),
    id              UUID        NOT NULL,
    agenda_id       UUID        NOT NULL,
    client_id       UUID,
    series_id       UUID,
    title           TEXT        NOT NULL,
    description     TEXT        NOT NULL,
    location        TEXT        NOT NULL,
    url             TEXT        NOT NULL,
    timezone        TEXT        NOT NULL,
    source          TEXT        NOT NULL,
    google_event_id TEXT        NOT NULL,
    party_size      BIGINT      NOT NULL CHECK (party_size > 0),
    start_date      TIMESTAMPTZ NOT NULL,
    end_date        TIMESTAMPTZ NOT NULL,
    status          TEXT        NOT NULL CHECK (status IN ('held', 'pending', 'scheduled', 'completed', 'no_show', 'cancelled', 'expired', 'rejected')),
    hold_until      TIMESTAMPTZ,
    cancel_reason   TEXT        NOT NULL,
    members         JSONB       NOT NULL,
    assigned_by     TEXT        NOT NULL,
    buffer_before   BIGINT      NOT NULL,
    buffer_after    BIGINT      NOT NULL,
    buffers         TEXT        NOT NULL,
    uid             TEXT        NOT NULL,
    sequence        BIGINT      NOT NULL,
    created_by_id   UUID,
    version         BIGINT      NOT NULL CHECK (version > 0),
    created_at      TIMESTAMPTZ NOT NULL,
    updated_at      TIMESTAMPTZ NOT NULL,
    CHECK (start_date < end_date),
    CHECK ((status = 'held') = (hold_until IS NOT NULL)),
    FOREIGN KEY (company_id, agenda_id) REFERENCES sched_agendas (company_id, id)
);
CREATE INDEX sched_appointments_start ON sched_appointments (company_id, start_date, id);
CREATE INDEX sched_appointments_agenda ON sched_appointments (company_id, agenda_id, start_date, id);
CREATE INDEX sched_appointments_client ON sched_appointments (company_id, client_id, start_date, id) WHERE client_id IS NOT NULL;
CREATE INDEX sched_appointments_series ON sched_appointments (company_id, series_id, start_date, id) WHERE series_id IS NOT NULL;
CREATE INDEX sched_appointments_holds ON sched_appointments (company_id, hold_until, id) WHERE hold_until IS NOT NULL;
ALTER TABLE sched_appointments ADD PRIMARY KEY (company_id, id); -- last: see crm_contacts

-- The time that appointments take of members: a row for each member and seat. Those who sit
-- together have one session; nothing else is at the same time.
CREATE TABLE sched_seats (
    company_id     UUID        NOT NULL, -- the appointment has the reference to it
    appointment_id UUID        NOT NULL,
    member_id      UUID        NOT NULL,
    seat           BIGINT      NOT NULL,
    agenda_id      UUID        NOT NULL,
    session_id     UUID        NOT NULL,
    start_date     TIMESTAMPTZ NOT NULL,
    end_date       TIMESTAMPTZ NOT NULL,
    buffer_before  BIGINT      NOT NULL,
    buffer_after   BIGINT      NOT NULL,
    buffers        TEXT        NOT NULL,
    held_from      TIMESTAMPTZ NOT NULL, -- with the buffers, if they add up
    held_until     TIMESTAMPTZ NOT NULL,
    hold_until     TIMESTAMPTZ,
    live           BOOLEAN     NOT NULL, -- it takes time: it is not cancelled, expired or rejected
    created_at     TIMESTAMPTZ NOT NULL,
    CHECK (held_from <= start_date AND start_date < end_date AND end_date <= held_until),
    PRIMARY KEY (company_id, appointment_id, member_id, seat),
    FOREIGN KEY (company_id, appointment_id) REFERENCES sched_appointments (company_id, id) ON DELETE CASCADE,
    CONSTRAINT sched_seats_apart EXCLUDE USING gist (company_id WITH =, member_id WITH =, session_id WITH <>, tstzrange(held_from, held_until) WITH &&) WHERE (live)
);
CREATE UNIQUE INDEX sched_seats_once ON sched_seats (company_id, member_id, session_id, seat) WHERE live;
CREATE INDEX sched_seats_agenda ON sched_seats (company_id, agenda_id, created_at) WHERE live;
CREATE INDEX sched_seats_member ON sched_seats (company_id, member_id, start_date) WHERE live;
