-- Whose clients are told when they are booked, moved or cancelled.
ALTER TABLE sched_agendas ADD COLUMN confirmations TEXT NOT NULL DEFAULT 'public';
