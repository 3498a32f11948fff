-- When appointments take time, as numbers: a month of many members is read from one index, and
-- no time is parsed.
ALTER TABLE sched_seats ADD COLUMN busy_from BIGINT NOT NULL DEFAULT 0; -- microseconds of Unix: start_date
ALTER TABLE sched_seats ADD COLUMN busy_until BIGINT NOT NULL DEFAULT 0; -- likewise, end_date

-- Times are text, "2030-01-08 09:00:00.123456+00:00", with as many digits of a second as it takes.
UPDATE sched_seats SET
    busy_from = CAST(strftime('%s', start_date) AS INTEGER) * 1000000
        + CAST(substr(rtrim(substr(start_date, 21), '+:0') || '000000', 1, 6) AS INTEGER),
    busy_until = CAST(strftime('%s', end_date) AS INTEGER) * 1000000
        + CAST(substr(rtrim(substr(end_date, 21), '+:0') || '000000', 1, 6) AS INTEGER);
DROP INDEX sched_seats_member;
CREATE INDEX sched_seats_member ON sched_seats (company_id, member_id, busy_from, busy_until, agenda_id, buffer_before, buffer_after, buffers, hold_until) WHERE live;

DROP TRIGGER sched_seats_apart;
CREATE TRIGGER sched_seats_apart BEFORE INSERT ON sched_seats WHEN NEW.live
    AND EXISTS (SELECT 1 FROM sched_seats AS s WHERE s.live AND s.company_id = NEW.company_id AND s.member_id = NEW.member_id
        AND s.session_id <> NEW.session_id AND s.busy_from > NEW.busy_from - 4 * 86400000000 AND s.busy_from < NEW.busy_until + 2 * 86400000000
        AND s.held_from < NEW.held_until AND s.held_until > NEW.held_from)
BEGIN
    SELECT RAISE(ABORT, 'sched_seats_apart');
END;
