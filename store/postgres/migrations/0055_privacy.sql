-- What contacts have agreed to, and what they have withdrawn. Rows are only added; the newest
-- of a channel and a purpose counts.
CREATE TABLE crm_consents (
    company_id    UUID NOT NULL REFERENCES id_companies (id),
    id            UUID NOT NULL,
    contact_id    UUID NOT NULL,
    channel       TEXT NOT NULL CHECK (channel IN ('email', 'sms', 'whatsapp', 'phone')),
    purpose       TEXT COLLATE "C" NOT NULL CHECK (purpose <> ''),
    granted       BOOLEAN NOT NULL, -- or withdrawn
    source        TEXT NOT NULL,
    wording       TEXT NOT NULL,
    given_at      TIMESTAMPTZ NOT NULL, -- when it was said
    created_by_id UUID,
    created_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, contact_id) REFERENCES crm_contacts (company_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_consents_contact ON crm_consents (company_id, contact_id, given_at, id);

-- That somebody was erased: nothing in here says who it was.
CREATE TABLE crm_erasures (
    company_id    UUID NOT NULL REFERENCES id_companies (id),
    id            UUID NOT NULL,
    contact_id    UUID NOT NULL, -- of a contact that there is no more
    merged        JSONB NOT NULL, -- of those that had been merged into it
    reason        TEXT NOT NULL CHECK (reason IN ('request', 'retention')),
    since         TIMESTAMPTZ NOT NULL, -- nothing that is older can be about it
    related       JSONB NOT NULL, -- the ids of rows that belonged to it
    files         JSONB NOT NULL, -- the keys of files that are still to be removed
    created_by_id UUID,
    created_at    TIMESTAMPTZ NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL,
    finished_at   TIMESTAMPTZ, -- NULL: files are still to be removed
    PRIMARY KEY (company_id, id)
);
CREATE INDEX crm_erasures_created ON crm_erasures (company_id, created_at, id);

-- The deleted contacts by the time of it, for those that are kept for a while only.
CREATE INDEX crm_contacts_purge ON crm_contacts (company_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
