-- What somebody answered, in the order of their timeline.
CREATE INDEX asm_responses_contact ON asm_responses (company_id, contact_id, kind, created_at, id) WHERE contact_id IS NOT NULL;
