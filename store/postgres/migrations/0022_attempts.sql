-- Answers that nobody has handed in or touched for long are deleted, whosever they are.
CREATE INDEX asm_attempts_abandoned ON asm_attempts (updated_at) WHERE response_id IS NULL;
