-- Contacts are filtered by these without case and accents, as core.Fold has it. Rows that are there
-- already get them with their words, by crmstore.Index.
ALTER TABLE crm_contacts ADD COLUMN location_key TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE crm_contacts ADD COLUMN designation_key TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE crm_contacts ADD COLUMN industry_key TEXT COLLATE "C" NOT NULL DEFAULT '';

-- Filters that people have saved.
CREATE TABLE crm_views (
    company_id    UUID NOT NULL REFERENCES id_companies (id),
    id            UUID NOT NULL,
    of            TEXT COLLATE "C" NOT NULL CHECK (of <> ''), -- contacts, leads
    name          TEXT NOT NULL CHECK (name <> ''),
    name_key      TEXT COLLATE "C" NOT NULL, -- core.Fold of the name
    filter        JSONB NOT NULL,
    sort          TEXT NOT NULL,
    shared        BOOLEAN NOT NULL,
    created_by_id UUID,
    version       BIGINT NOT NULL CHECK (version > 0),
    created_at    TIMESTAMPTZ NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (company_id, id)
);
CREATE INDEX crm_views_name ON crm_views (company_id, of, name_key, id);
