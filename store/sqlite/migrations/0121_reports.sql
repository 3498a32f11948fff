-- The reports are read out of these alone, each in the order in which it sums up: so none of a million rows
-- is sorted. They take the place of indexes of the same columns, so a write costs what it did; that of the
-- leads that are closed has become wider.
DROP INDEX crm_leads_funnel;
CREATE INDEX crm_leads_funnel ON crm_leads (company_id, tracker_id, status, reached, value_currency, expected_close_date, value_minor, entered_seconds);
DROP INDEX crm_leads_closed;
CREATE INDEX crm_leads_closed ON crm_leads (company_id, closed_on, tracker_id, status, value_currency, source, assigned_to_id, value_minor) WHERE closed_on <> '';
DROP INDEX crm_lead_moves_stays;
CREATE INDEX crm_lead_moves_stays ON crm_lead_moves (company_id, tracker_id, from_status, created_at, stay_seconds);
