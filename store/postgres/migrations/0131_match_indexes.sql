-- Whether a contact has an address that begins so is answered by the index of its addresses. Those of the keys by
-- which duplicates are found stay as they are here: SQLite alone makes them shorter.
DROP INDEX crm_contact_addresses_contact;
CREATE INDEX crm_contact_addresses_contact ON crm_contact_addresses (company_id, contact_id, kind, address_key);
