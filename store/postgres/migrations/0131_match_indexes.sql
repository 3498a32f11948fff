-- The index of a contact's addresses has nothing but what it finds them by. Those of the keys by which duplicates
-- are found stay as they are here: SQLite alone makes them shorter.
DROP INDEX crm_contact_addresses_contact;
CREATE INDEX crm_contact_addresses_contact ON crm_contact_addresses (company_id, contact_id);
