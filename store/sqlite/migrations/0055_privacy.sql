-- What contacts have agreed to, and what they have withdrawn. Rows are only added; the newest
-- of a channel and a purpose counts.
CREATE TABLE crm_consents (
    company_id    TEXT NOT NULL REFERENCES id_companies (id),
    id            TEXT NOT NULL,
    contact_id    TEXT NOT NULL,
    channel       TEXT NOT NULL CHECK (channel IN ('email', 'sms', 'whatsapp', 'phone')),
    purpose       TEXT NOT NULL CHECK (purpose <> ''),
    granted       BOOLEAN NOT NULL, -- or withdrawn
    source        TEXT NOT NULL,
    wording       TEXT NOT NULL,
    given_at      TIMESTAMP NOT NULL, -- when it was said
    created_by_id TEXT,
    created_at    TIMESTAMP NOT NULL,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, contact_id) REFERENCES crm_contacts (company_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_consents_contact ON crm_consents (company_id, contact_id, given_at, id);

-- That somebody was erased: nothing in here says who it was.
CREATE TABLE crm_erasures (
    company_id    TEXT NOT NULL REFERENCES id_companies (id),
    id            TEXT NOT NULL,
    contact_id    TEXT NOT NULL, -- of a contact that there is no more
    merged        TEXT NOT NULL, -- of those that had been merged into it
    reason        TEXT NOT NULL CHECK (reason IN ('request', 'retention')),
    since         TIMESTAMP NOT NULL, -- nothing that is older can be about it
    related       TEXT NOT NULL, -- the ids of rows that belonged to it
    files         TEXT NOT NULL, -- the keys of files that are still to be removed
    created_by_id TEXT,
    created_at    TIMESTAMP NOT NULL,
    updated_at    TIMESTAMP NOT NULL,
    finished_at   TIMESTAMP, -- NULL: files are still to be removed
    PRIMARY KEY (company_id, id)
);
CREATE INDEX crm_erasures_created ON crm_erasures (company_id, created_at, id);

-- The deleted contacts by the time of it, for those that are kept for a while only.
CREATE INDEX crm_contacts_purge ON crm_contacts (company_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
