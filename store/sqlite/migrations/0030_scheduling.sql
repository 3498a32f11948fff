-- Agendas, and the appointments in them.

CREATE TABLE sched_agendas (
    company_id    TEXT        NOT NULL REFERENCES id_companies (id),
    id            TEXT        NOT NULL,
    name          TEXT        NOT NULL CHECK (name <> ''),
    name_key      TEXT NOT NULL, -- core.Fold of the name
    slug          TEXT NOT NULL, -- of the public page; '' has none
    description   TEXT        NOT NULL,
    location      TEXT        NOT NULL,
    rules         TEXT       NOT NULL,
    members       TEXT       NOT NULL,
    approval      BOOLEAN     NOT NULL,
    hold_minutes  BIGINT      NOT NULL,
    move_notice   BIGINT      NOT NULL,
    cancel_notice BIGINT      NOT NULL,
    reminders     TEXT       NOT NULL,
    active        BOOLEAN     NOT NULL,
    created_by_id TEXT,
    version       BIGINT      NOT NULL CHECK (version > 0),
    created_at    TIMESTAMP NOT NULL,
    updated_at    TIMESTAMP NOT NULL,
    PRIMARY KEY (company_id, id)
);
CREATE INDEX sched_agendas_name ON sched_agendas (company_id, name_key, id);
CREATE UNIQUE INDEX sched_agendas_slug ON sched_agendas (slug) WHERE slug <> '';

-- Who takes an agenda's appointments, to find agendas by.
CREATE TABLE sched_agenda_members (
    company_id TEXT NOT NULL, -- the agenda has the reference to it
    agenda_id  TEXT NOT NULL,
    member_id  TEXT NOT NULL,
    PRIMARY KEY (company_id, agenda_id, member_id),
    FOREIGN KEY (company_id, agenda_id) REFERENCES sched_agendas (company_id, id) ON DELETE CASCADE
);
CREATE INDEX sched_agenda_members_member ON sched_agenda_members (company_id, member_id);

-- Everybody who takes appointments anywhere: a row to lock while their time is looked at.
CREATE TABLE sched_people (
    company_id TEXT        NOT NULL REFERENCES id_companies (id),
    id         TEXT        NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (company_id, id)
);

CREATE TABLE sched_holidays (
    company_id TEXT        NOT NULL REFERENCES id_companies (id),
    day        TEXT NOT NULL, -- YYYY-MM-DD
    name       TEXT        NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (company_id, day)
);

CREATE TABLE sched_appointments (
    company_id      TEXT        NOT NULL REFERENCES id_companies (id),
    id              TEXT        NOT NULL,
    agenda_id       TEXT        NOT NULL,
    client_id       TEXT,
    series_id       TEXT,
    title           TEXT        NOT NULL,
    description     TEXT        NOT NULL,
    location        TEXT        NOT NULL,
    url             TEXT        NOT NULL,
    timezone        TEXT        NOT NULL,
    source          TEXT        NOT NULL,
    google_event_id TEXT        NOT NULL,
    party_size      BIGINT      NOT NULL CHECK (party_size > 0),
    start_date      TIMESTAMP NOT NULL,
    end_date        TIMESTAMP NOT NULL,
    status          TEXT        NOT NULL CHECK (status IN ('held', 'pending', 'scheduled', 'completed', 'no_show', 'cancelled', 'expired', 'rejected')),
    hold_until      TIMESTAMP,
    cancel_reason   TEXT        NOT NULL,
    members         TEXT       NOT NULL,
    assigned_by     TEXT        NOT NULL,
    buffer_before   BIGINT      NOT NULL,
    buffer_after    BIGINT      NOT NULL,
    buffers         TEXT        NOT NULL,
    uid             TEXT        NOT NULL,
    sequence        BIGINT      NOT NULL,
    created_by_id   TEXT,
    version         BIGINT      NOT NULL CHECK (version > 0),
    created_at      TIMESTAMP NOT NULL,
    updated_at      TIMESTAMP NOT NULL,
    CHECK (start_date < end_date),
    CHECK ((status = 'held') = (hold_until IS NOT NULL)),
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, agenda_id) REFERENCES sched_agendas (company_id, id)
);
CREATE INDEX sched_appointments_start ON sched_appointments (company_id, start_date, id);
CREATE INDEX sched_appointments_agenda ON sched_appointments (company_id, agenda_id, start_date, id);
CREATE INDEX sched_appointments_client ON sched_appointments (company_id, client_id, start_date, id) WHERE client_id IS NOT NULL;
CREATE INDEX sched_appointments_series ON sched_appointments (company_id, series_id, start_date, id) WHERE series_id IS NOT NULL;
CREATE INDEX sched_appointments_holds ON sched_appointments (company_id, hold_until, id) WHERE hold_until IS NOT NULL;

-- The time that appointments take of members: a row for each member and seat. Those who sit
-- together have one session; nothing else is at the same time.
CREATE TABLE sched_seats (
    company_id     TEXT        NOT NULL, -- the appointment has the reference to it
    appointment_id TEXT        NOT NULL,
    member_id      TEXT        NOT NULL,
    seat           BIGINT      NOT NULL,
    agenda_id      TEXT        NOT NULL,
    session_id     TEXT        NOT NULL,
    start_date     TIMESTAMP NOT NULL,
    end_date       TIMESTAMP NOT NULL,
    buffer_before  BIGINT      NOT NULL,
    buffer_after   BIGINT      NOT NULL,
    buffers        TEXT        NOT NULL,
    held_from      TIMESTAMP NOT NULL, -- with the buffers, if they add up
    held_until     TIMESTAMP NOT NULL,
    hold_until     TIMESTAMP,
    live           BOOLEAN     NOT NULL, -- it takes time: it is not cancelled, expired or rejected
    created_at     TIMESTAMP NOT NULL,
    CHECK (held_from <= start_date AND start_date < end_date AND end_date <= held_until),
    PRIMARY KEY (company_id, appointment_id, member_id, seat),
    FOREIGN KEY (company_id, appointment_id) REFERENCES sched_appointments (company_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX sched_seats_once ON sched_seats (company_id, member_id, session_id, seat) WHERE live;
CREATE INDEX sched_seats_agenda ON sched_seats (company_id, agenda_id, created_at) WHERE live;
CREATE INDEX sched_seats_member ON sched_seats (company_id, member_id, start_date) WHERE live;

-- What Postgres keeps by an exclusion constraint.
CREATE TRIGGER sched_seats_apart BEFORE INSERT ON sched_seats WHEN NEW.live
    AND EXISTS (SELECT 1 FROM sched_seats AS s WHERE s.live AND s.company_id = NEW.company_id AND s.member_id = NEW.member_id
        AND s.session_id <> NEW.session_id AND s.start_date > datetime(NEW.held_from, '-3 days') AND s.start_date < datetime(NEW.held_until, '+1 day')
        AND s.held_from < NEW.held_until AND s.held_until > NEW.held_from)
BEGIN
    SELECT RAISE(ABORT, 'sched_seats_apart');
END;
