-- Work that waits to be done. A job that is due and live is anybody's to claim; claiming it
-- moves due_at to the end of the lease, so the job of a worker that died comes due again by
-- itself, and one index serves both.
CREATE TABLE core_jobs (
    id          BIGINT      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    company_id  UUID        REFERENCES id_companies (id), -- NULL: of no company
    actor_id    UUID,
    kind        TEXT        NOT NULL CHECK (kind <> ''),
    queue       TEXT        NOT NULL CHECK (queue <> ''),
    args        JSONB       NOT NULL,
    state       TEXT        NOT NULL CHECK (state IN ('live', 'done', 'dead')),
    due_at      TIMESTAMPTZ NOT NULL,
    lease       UUID,                 -- of the claim that holds the job; NULL: nobody does
    attempt     INTEGER     NOT NULL, -- how often it was claimed
    unique_key  TEXT        NOT NULL, -- no two live jobs have the same, unless it is ''
    order_key   TEXT        NOT NULL, -- live jobs of the same run one by one, unless it is ''
    error       TEXT        NOT NULL, -- of the last attempt that failed
    created_at  TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ
);
CREATE INDEX core_jobs_due ON core_jobs (queue, due_at, id) WHERE state = 'live';
CREATE UNIQUE INDEX core_jobs_unique ON core_jobs (unique_key) WHERE state = 'live' AND unique_key <> '';
CREATE INDEX core_jobs_order ON core_jobs (order_key, id) WHERE state = 'live' AND order_key <> '';
CREATE INDEX core_jobs_finished ON core_jobs (state, finished_at) WHERE state <> 'live';

-- The newest instant of each periodic job for which a job was made.
CREATE TABLE core_schedules (
    name       TEXT        NOT NULL PRIMARY KEY,
    last_at    TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

-- How far each subscriber has been given the events of the outbox.
CREATE TABLE core_cursors (
    name       TEXT        NOT NULL PRIMARY KEY,
    position   BIGINT      NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX core_outbox_time ON core_outbox (created_at);

-- Positions are drawn when an event is written and seen when its transaction commits, so a
-- lower one may appear after a higher one. Whoever reads in their order has to stop below
-- every position that may still appear. For that, a transaction takes a shared lock before
-- it draws its first position; the number of the lock tells the last position drawn before.
-- It blocks nobody, and goes with the transaction, whatever becomes of that.
CREATE FUNCTION core_outbox_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('clientele.announced', true), '') = '' THEN
        -- 25452 in the upper 16 bits tells these locks from others; a position has 48.
        PERFORM pg_advisory_xact_lock_shared((25452::bigint << 48)
            | (SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM core_outbox_position_seq));
        PERFORM set_config('clientele.announced', 'yes', true); -- a rolled back savepoint undoes both
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER core_outbox_announce BEFORE INSERT ON core_outbox
    FOR EACH STATEMENT EXECUTE FUNCTION core_outbox_announce();

-- core_outbox_settled is the position up to which everything that will ever be there can be
-- seen by a statement that begins after this one. The order of its two steps matters: who
-- draws a position after the first gets a higher one, and who drew before holds a lock in
-- the second, or has committed.
CREATE FUNCTION core_outbox_settled() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    drawn   bigint;
    pending bigint;
BEGIN
    SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END INTO drawn FROM core_outbox_position_seq;
    SELECT min(((classid::bigint & 65535) << 32) | objid::bigint) INTO pending FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 1 AND (classid::bigint >> 16) = 25452
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
    RETURN least(drawn, pending);
END $$;
