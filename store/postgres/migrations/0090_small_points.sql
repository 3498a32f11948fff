-- 0021 kept small points as they were here: only SQLite writes 0.00001 as 1.0e-05.
SELECT 1;
