-- The contact that this one was merged into. It has no foreign key, which SQLite cannot add to a
-- table: a merge keeps both contacts, and what removes one for good removes those merged into it.
ALTER TABLE crm_contacts ADD COLUMN merged_into_id UUID;
CREATE INDEX crm_contacts_merged ON crm_contacts (company_id, merged_into_id) WHERE merged_into_id IS NOT NULL;

-- What was merged into what, and what it takes to undo it. The record has both contacts in it.
CREATE TABLE crm_merges (
    company_id    UUID NOT NULL REFERENCES id_companies (id),
    id            UUID NOT NULL,
    survivor_id   UUID NOT NULL,
    loser_id      UUID NOT NULL,
    record        JSONB NOT NULL,
    undone_at     TIMESTAMPTZ,
    undone_by_id  UUID,
    created_by_id UUID,
    version       BIGINT NOT NULL CHECK (version > 0),
    created_at    TIMESTAMPTZ NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL,
    CHECK (survivor_id <> loser_id),
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, survivor_id) REFERENCES crm_contacts (company_id, id) ON DELETE CASCADE,
    FOREIGN KEY (company_id, loser_id) REFERENCES crm_contacts (company_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_merges_created ON crm_merges (company_id, created_at, id);
CREATE INDEX crm_merges_survivor ON crm_merges (company_id, survivor_id, created_at, id);
CREATE INDEX crm_merges_loser ON crm_merges (company_id, loser_id, created_at, id);
