-- Contacts are compared by the keys of all their telephones and personal e-mail addresses, not of
-- the first ones only. The program makes those of the contacts that are here already, in the
-- background, which goes by those without a key of the name.
ALTER TABLE crm_contact_addresses ADD COLUMN match_key BIGINT; -- NULL: it tells of nobody
CREATE INDEX crm_contact_addresses_match ON crm_contact_addresses (company_id, match_key, contact_id) WHERE match_key IS NOT NULL;
DROP INDEX crm_contact_addresses_contact; -- which has to have all that SQLite needs to delete a row
CREATE INDEX crm_contact_addresses_contact ON crm_contact_addresses (company_id, contact_id, match_key);
DROP INDEX crm_contacts_match_phone;
DROP INDEX crm_contacts_match_email;
ALTER TABLE crm_contacts DROP COLUMN match_phone;
ALTER TABLE crm_contacts DROP COLUMN match_email;
UPDATE crm_contacts SET match_name = NULL;
