-- Private addresses at which calendar programs read appointments: the hashes of their tokens.
CREATE TABLE sched_feeds (
    company_id    UUID        NOT NULL REFERENCES id_companies (id),
    id            UUID        NOT NULL,
    agenda_id     UUID,
    member_id     UUID,
    hash          TEXT COLLATE "C" NOT NULL UNIQUE,
    created_by_id UUID,
    version       BIGINT      NOT NULL CHECK (version > 0),
    created_at    TIMESTAMPTZ NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL,
    CHECK (agenda_id IS NOT NULL OR member_id IS NOT NULL),
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, agenda_id) REFERENCES sched_agendas (company_id, id) ON DELETE CASCADE
);
CREATE INDEX sched_feeds_created ON sched_feeds (company_id, created_at, id);
CREATE INDEX sched_feeds_agenda ON sched_feeds (company_id, agenda_id, created_at, id);
CREATE INDEX sched_feeds_member ON sched_feeds (company_id, member_id, created_at, id);

-- Whether a series has changed is asked each time that a feed is read.
CREATE INDEX sched_series_updated ON sched_series (company_id, updated_at);
