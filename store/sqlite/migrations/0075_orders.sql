-- The orders of contacts by time know the category and the owner: a list of those reads the rows that
-- it has, and not those that it passes by. What it costs is the width of two indexes, of which most
-- rows are added at the end.
DROP INDEX crm_contacts_created;
DROP INDEX crm_contacts_updated;
CREATE INDEX crm_contacts_created ON crm_contacts (company_id, created_at, id, category_id, owner_id) WHERE deleted_at IS NULL;
CREATE INDEX crm_contacts_updated ON crm_contacts (company_id, updated_at, id, category_id, owner_id) WHERE deleted_at IS NULL;

-- Contacts of a designation and of an industry, by name; those without cost nothing.
CREATE INDEX crm_contacts_designation ON crm_contacts (company_id, designation_key, name_key, id) WHERE designation_key <> '';
CREATE INDEX crm_contacts_industry ON crm_contacts (company_id, industry_key, name_key, id) WHERE industry_key <> '';
