-- An index with a condition is none by which a foreign key is checked: Postgres takes the newest of equal
-- ones for that, which has to be the primary key. No stage is without a key.
DROP INDEX crm_leads_funnel;
CREATE INDEX crm_leads_funnel ON crm_leads (company_id, tracker_id, status, reached, value_currency, expected_close_date, value_minor, entered_seconds) WHERE status <> '';
