-- Who waited for days that are past waits no more. SQLite changes no CHECK: the table is made anew.
CREATE TABLE sched_waits (
    company_id     TEXT        NOT NULL, -- the agenda has the reference to it
    id             TEXT        NOT NULL,
    agenda_id      TEXT        NOT NULL,
    client_id      TEXT        NOT NULL,
    from_date      TIMESTAMP NOT NULL,
    until_date     TIMESTAMP NOT NULL,
    party_size     BIGINT      NOT NULL CHECK (party_size > 0),
    timezone       TEXT        NOT NULL,
    state          TEXT        NOT NULL CHECK (state IN ('waiting', 'offered', 'booked', 'lapsed', 'left', 'expired')),
    appointment_id TEXT,
    offered_until  TIMESTAMP,
    created_by_id  TEXT,
    version        BIGINT      NOT NULL CHECK (version > 0),
    created_at     TIMESTAMP NOT NULL,
    updated_at     TIMESTAMP NOT NULL,
    CHECK (from_date < until_date),
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, agenda_id) REFERENCES sched_agendas (company_id, id),
    FOREIGN KEY (company_id, appointment_id) REFERENCES sched_appointments (company_id, id)
);
INSERT INTO sched_waits SELECT * FROM sched_waitlist;
DROP TABLE sched_waitlist;
ALTER TABLE sched_waits RENAME TO sched_waitlist;
CREATE INDEX sched_waitlist_agenda ON sched_waitlist (company_id, agenda_id, created_at, id);
CREATE INDEX sched_waitlist_waiting ON sched_waitlist (company_id, agenda_id, created_at, id) WHERE state = 'waiting';
CREATE INDEX sched_waitlist_appointment ON sched_waitlist (company_id, appointment_id);
CREATE UNIQUE INDEX sched_waitlist_once ON sched_waitlist (company_id, agenda_id, client_id, from_date, until_date) WHERE state IN ('waiting', 'offered');
CREATE INDEX sched_waitlist_until ON sched_waitlist (company_id, until_date, id) WHERE state = 'waiting';
