-- The contact that this one was merged into. It has no foreign key, which SQLite cannot add to a
-- table: a merge keeps both contacts, and what removes one for good removes those merged into it.
ALTER TABLE crm_contacts ADD COLUMN merged_into_id TEXT;
CREATE INDEX crm_contacts_merged ON crm_contacts (company_id, merged_into_id) WHERE merged_into_id IS NOT NULL;

-- What was merged into what, and what it takes to undo it. The record has both contacts in it.
CREATE TABLE crm_merges (
    company_id    TEXT NOT NULL REFERENCES id_companies (id),
    id            TEXT NOT NULL,
    survivor_id   TEXT NOT NULL,
    loser_id      TEXT NOT NULL,
    record        TEXT NOT NULL,
    undone_at     TIMESTAMP,
    undone_by_id  TEXT,
    created_by_id TEXT,
    version       BIGINT NOT NULL CHECK (version > 0),
    created_at    TIMESTAMP NOT NULL,
    updated_at    TIMESTAMP NOT NULL,
    CHECK (survivor_id <> loser_id),
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, survivor_id) REFERENCES crm_contacts (company_id, id) ON DELETE CASCADE,
    FOREIGN KEY (company_id, loser_id) REFERENCES crm_contacts (company_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_merges_created ON crm_merges (company_id, created_at, id);
CREATE INDEX crm_merges_survivor ON crm_merges (company_id, survivor_id, created_at, id);
CREATE INDEX crm_merges_loser ON crm_merges (company_id, loser_id, created_at, id);
