-- Reminders of appointments, and who waits for a time of an agenda to become free.
ALTER TABLE sched_agendas ADD COLUMN offer_minutes BIGINT NOT NULL DEFAULT 120;

CREATE TABLE sched_reminders (
    company_id     UUID        NOT NULL, -- the appointment has the reference to it
    id             UUID        NOT NULL,
    appointment_id UUID        NOT NULL,
    start_date     TIMESTAMPTZ NOT NULL, -- the appointment's, when it was planned
    before         BIGINT      NOT NULL,
    channel        TEXT COLLATE "C" NOT NULL,
    due_at         TIMESTAMPTZ NOT NULL,
    state          TEXT        NOT NULL CHECK (state IN ('planned', 'sent', 'skipped')),
    reason         TEXT        NOT NULL,
    sent_at        TIMESTAMPTZ,
    created_at     TIMESTAMPTZ NOT NULL,
    updated_at     TIMESTAMPTZ NOT NULL,
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, appointment_id) REFERENCES sched_appointments (company_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX sched_reminders_once ON sched_reminders (company_id, appointment_id, start_date, before, channel);

CREATE TABLE sched_waitlist (
    company_id     UUID        NOT NULL, -- the agenda has the reference to it
    id             UUID        NOT NULL,
    agenda_id      UUID        NOT NULL,
    client_id      UUID        NOT NULL,
    from_date      TIMESTAMPTZ NOT NULL,
    until_date     TIMESTAMPTZ NOT NULL,
    party_size     BIGINT      NOT NULL CHECK (party_size > 0),
    timezone       TEXT        NOT NULL,
    state          TEXT        NOT NULL CHECK (state IN ('waiting', 'offered', 'booked', 'lapsed', 'left')),
    appointment_id UUID,
    offered_until  TIMESTAMPTZ,
    created_by_id  UUID,
    version        BIGINT      NOT NULL CHECK (version > 0),
    created_at     TIMESTAMPTZ NOT NULL,
    updated_at     TIMESTAMPTZ NOT NULL,
    CHECK (from_date < until_date),
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, agenda_id) REFERENCES sched_agendas (company_id, id),
    FOREIGN KEY (company_id, appointment_id) REFERENCES sched_appointments (company_id, id)
);
CREATE INDEX sched_waitlist_agenda ON sched_waitlist (company_id, agenda_id, created_at, id);
CREATE INDEX sched_waitlist_waiting ON sched_waitlist (company_id, agenda_id, created_at, id) WHERE state = 'waiting';
CREATE INDEX sched_waitlist_appointment ON sched_waitlist (company_id, appointment_id);
CREATE UNIQUE INDEX sched_waitlist_once ON sched_waitlist (company_id, agenda_id, client_id, from_date, until_date) WHERE state IN ('waiting', 'offered');
