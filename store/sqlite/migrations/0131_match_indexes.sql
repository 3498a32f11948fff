-- Keys of whom to compare with are hashes: each new one is somewhere in its index, so an import writes all of
-- these again and again. They have nothing but the key and the end of the company's id, which tells companies
-- apart; rows have their own number, which is shorter than what else they are known by.
DROP INDEX crm_contacts_match_name;
DROP INDEX crm_contacts_match_place;
CREATE INDEX crm_contacts_match_name ON crm_contacts (match_name, substr(company_id, 29)) WHERE match_name IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX crm_contacts_match_place ON crm_contacts (match_place, substr(company_id, 29)) WHERE match_place IS NOT NULL AND deleted_at IS NULL;

-- The table is not renamed: that would rename it in the views and triggers of others too. Triggers of others on
-- the table itself end with it.
CREATE TEMP TABLE crm_contact_addresses_before AS
    SELECT company_id, kind, address_key, contact_id, match_key FROM crm_contact_addresses ORDER BY company_id, contact_id;
DROP TABLE crm_contact_addresses;
CREATE TABLE crm_contact_addresses (
    company_id  TEXT NOT NULL, -- the contact has the reference to it
    kind        TEXT NOT NULL CHECK (kind IN ('phone', 'email')),
    address_key TEXT NOT NULL,
    contact_id  TEXT NOT NULL,
    match_key   BIGINT, -- NULL: it tells of nobody
    PRIMARY KEY (company_id, kind, address_key),
    FOREIGN KEY (company_id, contact_id) REFERENCES crm_contacts (company_id, id) ON DELETE CASCADE
);
INSERT INTO crm_contact_addresses (company_id, kind, address_key, contact_id, match_key)
    SELECT company_id, kind, address_key, contact_id, match_key FROM temp.crm_contact_addresses_before ORDER BY rowid;
DROP TABLE temp.crm_contact_addresses_before;
CREATE INDEX crm_contact_addresses_match ON crm_contact_addresses (match_key, substr(company_id, 29)) WHERE match_key IS NOT NULL;
-- Whether a contact has an address that begins so is answered by this one: SQLite would look through all that begin
-- so for each contact.
CREATE INDEX crm_contact_addresses_contact ON crm_contact_addresses (company_id, contact_id, kind, address_key);
