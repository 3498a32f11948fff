-- Values that next to nobody has, of fields that are seldom filled in: those without cost nothing. Of
-- short texts by value and name, of long ones who has any; of an address on the web the beginning, since
-- an index of Postgres has no room for some that are allowed.
CREATE INDEX crm_contacts_website ON crm_contacts (company_id, substr(website, 1, 100), name_key, id) WHERE website <> '';
CREATE INDEX crm_contacts_timezone ON crm_contacts (company_id, timezone, name_key, id) WHERE timezone <> '';
CREATE INDEX crm_contacts_locale ON crm_contacts (company_id, locale, name_key, id) WHERE locale <> '';
CREATE INDEX crm_contacts_personality ON crm_contacts (company_id, personality_type, name_key, id) WHERE personality_type <> '';
CREATE INDEX crm_contacts_drives ON crm_contacts (company_id, id) WHERE inner_drives <> '';
CREATE INDEX crm_contacts_baselines ON crm_contacts (company_id, id) WHERE baselines <> '';
CREATE INDEX crm_contacts_traits ON crm_contacts (company_id, id) WHERE traits <> '';
CREATE INDEX crm_contacts_notes ON crm_contacts (company_id, id) WHERE notes <> '';

-- Those who are not worked with, and those who lack what the policy asks for.
CREATE INDEX crm_contacts_inactive ON crm_contacts (company_id, name_key, id) WHERE active = FALSE;
CREATE INDEX crm_contacts_incomplete ON crm_contacts (company_id, name_key, id) WHERE incomplete = TRUE;
