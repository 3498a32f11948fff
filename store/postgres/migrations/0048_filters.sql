-- Contacts of a place and of a source, for lists by name. A filter says that there is one, so that
-- those without need no entry.
CREATE INDEX crm_contacts_location ON crm_contacts (company_id, location_key, name_key, id) WHERE location_key <> '';
CREATE INDEX crm_contacts_source ON crm_contacts (company_id, source, name_key, id) WHERE source <> '';
