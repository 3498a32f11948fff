-- Leads that say why they were lost, and that say more: those that do not cost nothing. And since when
-- leads are in their stage, for those that stay too long: all are, but an index with a condition is none
-- by which a foreign key is checked.
CREATE INDEX crm_leads_lost ON crm_leads (company_id, id) WHERE lost_reason <> '';
CREATE INDEX crm_leads_described ON crm_leads (company_id, id) WHERE description <> '';
CREATE INDEX crm_leads_entered ON crm_leads (company_id, entered_at, id) WHERE entered_at IS NOT NULL;
