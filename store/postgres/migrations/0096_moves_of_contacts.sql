-- Moves know the contact of their lead, so that a timeline reads a range of an index however many
-- leads and moves there are. A lead that is given to another contact takes them along.
ALTER TABLE crm_lead_moves ADD COLUMN contact_id UUID;
UPDATE crm_lead_moves SET contact_id = (SELECT l.contact_id FROM crm_leads AS l WHERE l.company_id = crm_lead_moves.company_id AND l.id = crm_lead_moves.lead_id);
CREATE INDEX crm_lead_moves_contact ON crm_lead_moves (company_id, contact_id, created_at, id);
CREATE FUNCTION crm_leads_contact_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE crm_lead_moves SET contact_id = new.contact_id WHERE company_id = new.company_id AND lead_id = new.id;
    RETURN NULL;
END $$;
CREATE TRIGGER crm_leads_contact_changed AFTER UPDATE OF contact_id ON crm_leads
    FOR EACH ROW WHEN (old.contact_id <> new.contact_id) EXECUTE FUNCTION crm_leads_contact_changed();
