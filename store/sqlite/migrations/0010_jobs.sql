-- Work that waits to be done. A job that is due and live is anybody's to claim; claiming it
-- moves due_at to the end of the lease, so the job of a worker that died comes due again by
-- itself, and one index serves both.
CREATE TABLE core_jobs (
    id          INTEGER     PRIMARY KEY AUTOINCREMENT,
    company_id  TEXT        REFERENCES id_companies (id), -- NULL: of no company
    actor_id    TEXT,
    kind        TEXT        NOT NULL CHECK (kind <> ''),
    queue       TEXT        NOT NULL CHECK (queue <> ''),
    args        TEXT        NOT NULL,
    state       TEXT        NOT NULL CHECK (state IN ('live', 'done', 'dead')),
    due_at      TIMESTAMP   NOT NULL,
    lease       TEXT,                 -- of the claim that holds the job; NULL: nobody does
    attempt     INTEGER     NOT NULL, -- how often it was claimed
    unique_key  TEXT        NOT NULL, -- no two live jobs have the same, unless it is ''
    order_key   TEXT        NOT NULL, -- live jobs of the same run one by one, unless it is ''
    error       TEXT        NOT NULL, -- of the last attempt that failed
    created_at  TIMESTAMP   NOT NULL,
    finished_at TIMESTAMP
);
CREATE INDEX core_jobs_due ON core_jobs (queue, due_at, id) WHERE state = 'live';
CREATE UNIQUE INDEX core_jobs_unique ON core_jobs (unique_key) WHERE state = 'live' AND unique_key <> '';
CREATE INDEX core_jobs_order ON core_jobs (order_key, id) WHERE state = 'live' AND order_key <> '';
CREATE INDEX core_jobs_finished ON core_jobs (state, finished_at) WHERE state <> 'live';

-- The newest instant of each periodic job for which a job was made.
CREATE TABLE core_schedules (
    name       TEXT        NOT NULL PRIMARY KEY,
    last_at    TIMESTAMP   NOT NULL,
    created_at TIMESTAMP   NOT NULL
);

-- How far each subscriber has been given the events of the outbox.
CREATE TABLE core_cursors (
    name       TEXT        NOT NULL PRIMARY KEY,
    position   BIGINT      NOT NULL,
    created_at TIMESTAMP   NOT NULL,
    updated_at TIMESTAMP   NOT NULL
);

CREATE INDEX core_outbox_time ON core_outbox (created_at);
