-- Leads are searched by their words, as contacts are; NULL until crmstore.Index has come by.
ALTER TABLE crm_leads ADD COLUMN words TSVECTOR;
CREATE INDEX crm_leads_without_words ON crm_leads (company_id, id) WHERE words IS NULL;
CREATE INDEX crm_leads_words ON crm_leads USING GIN (words) WITH (gin_pending_list_limit = 512);
