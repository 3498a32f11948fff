-- Who waited for days that are past waits no more.
ALTER TABLE sched_waitlist DROP CONSTRAINT sched_waitlist_state_check;
ALTER TABLE sched_waitlist ADD CONSTRAINT sched_waitlist_state_check CHECK (state IN ('waiting', 'offered', 'booked', 'lapsed', 'left', 'expired'));
CREATE INDEX sched_waitlist_until ON sched_waitlist (company_id, until_date, id) WHERE state = 'waiting';
