-- Contacts are searched by their words, as package core/words makes them; NULL until crmstore.Index
-- has come by, for rows that are older than this file.
ALTER TABLE crm_contacts ADD COLUMN words TSVECTOR;
CREATE INDEX crm_contacts_without_words ON crm_contacts (company_id, id) WHERE words IS NULL;

-- Each search reads what has not been sorted into the index yet: little of it.
CREATE INDEX crm_contacts_words ON crm_contacts USING GIN (words) WITH (gin_pending_list_limit = 512);
