-- Every change writes an event and an entry of the audit: their indexes have what is looked for alone. Old events
-- are found by position; and nobody asks for the entries of no actor.
DROP INDEX core_outbox_time;
DROP INDEX core_audit_actor;
CREATE INDEX core_audit_actor ON core_audit (company_id, actor_id, created_at, id) WHERE actor_id IS NOT NULL;
