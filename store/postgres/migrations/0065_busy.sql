-- When appointments take time, as numbers: a month of many members is read from one index, and
-- no time is parsed.
ALTER TABLE sched_seats ADD COLUMN busy_from BIGINT NOT NULL DEFAULT 0; -- microseconds of Unix: start_date
ALTER TABLE sched_seats ADD COLUMN busy_until BIGINT NOT NULL DEFAULT 0; -- likewise, end_date
UPDATE sched_seats SET busy_from = (extract(epoch FROM start_date) * 1000000)::BIGINT, busy_until = (extract(epoch FROM end_date) * 1000000)::BIGINT;
DROP INDEX sched_seats_member;
CREATE INDEX sched_seats_member ON sched_seats (company_id, member_id, busy_from, busy_until, agenda_id, buffer_before, buffer_after, buffers, hold_until) WHERE live;
