-- The keys by which contacts are compared. The program makes them, see package crm/duplicates:
-- those of the contacts that were here before in the background. NULL is none, and a contact
-- with a key has one of its name.
ALTER TABLE crm_contacts ADD COLUMN match_phone BIGINT;
ALTER TABLE crm_contacts ADD COLUMN match_email BIGINT;
ALTER TABLE crm_contacts ADD COLUMN match_name BIGINT;
ALTER TABLE crm_contacts ADD COLUMN match_place BIGINT;
CREATE INDEX crm_contacts_match_phone ON crm_contacts (company_id, match_phone, id) WHERE match_phone IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX crm_contacts_match_email ON crm_contacts (company_id, match_email, id) WHERE match_email IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX crm_contacts_match_name ON crm_contacts (company_id, match_name, id) WHERE match_name IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX crm_contacts_match_place ON crm_contacts (company_id, match_place, id) WHERE match_place IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX crm_contacts_unmatched ON crm_contacts (company_id, id) WHERE match_name IS NULL;

-- Pairs of contacts that somebody has said to be two people.
CREATE TABLE crm_distinct_contacts (
    company_id    TEXT NOT NULL REFERENCES id_companies (id),
    contact_id    TEXT NOT NULL,
    other_id      TEXT NOT NULL,
    created_by_id TEXT,
    created_at    TIMESTAMP NOT NULL,
    CHECK (contact_id < other_id),
    PRIMARY KEY (company_id, contact_id, other_id),
    FOREIGN KEY (company_id, contact_id) REFERENCES crm_contacts (company_id, id) ON DELETE CASCADE,
    FOREIGN KEY (company_id, other_id) REFERENCES crm_contacts (company_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_distinct_contacts_other ON crm_distinct_contacts (company_id, other_id);
