-- Contacts, and what hangs on them.
CREATE TABLE crm_categories (
    company_id  UUID        NOT NULL REFERENCES id_companies (id),
    id          UUID        NOT NULL,
    name        TEXT        NOT NULL CHECK (name <> ''),
    name_key    TEXT COLLATE "C" NOT NULL, -- core.Fold of the name
    description TEXT        NOT NULL,
    active      BOOLEAN     NOT NULL,
    created_by_id UUID,
    version     BIGINT      NOT NULL CHECK (version > 0),
    created_at  TIMESTAMPTZ NOT NULL,
    updated_at  TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (company_id, id),
    UNIQUE (company_id, name_key)
);

CREATE TABLE crm_contacts (
    company_id       UUID        NOT NULL REFERENCES id_companies (id),
    id               UUID        NOT NULL,
    name             TEXT        NOT NULL CHECK (name <> ''),
    name_key         TEXT COLLATE "C" NOT NULL, -- core.Fold of the name
    phone            TEXT        NOT NULL,
    phone_typed      TEXT        NOT NULL,
    email            TEXT        NOT NULL,
    location         TEXT        NOT NULL,
    type             TEXT        NOT NULL CHECK (type IN ('', 'entrepreneur', 'employee')),
    company          TEXT        NOT NULL,
    company_key      TEXT COLLATE "C" NOT NULL, -- core.Fold of the company
    designation      TEXT        NOT NULL,
    industry         TEXT        NOT NULL,
    website          TEXT        NOT NULL,
    inner_drives     TEXT        NOT NULL,
    baselines        TEXT        NOT NULL,
    traits           TEXT        NOT NULL,
    personality_type TEXT        NOT NULL,
    category_id      UUID,
    owner_id         UUID,
    notes            TEXT        NOT NULL,
    tags             JSONB       NOT NULL,
    source           TEXT        NOT NULL,
    timezone         TEXT        NOT NULL,
    locale           TEXT        NOT NULL,
    other_addresses  JSONB       NOT NULL,
    active           BOOLEAN     NOT NULL,
    incomplete       BOOLEAN     NOT NULL,
    created_by_id    UUID,
    version          BIGINT      NOT NULL CHECK (version > 0),
    created_at       TIMESTAMPTZ NOT NULL,
    updated_at       TIMESTAMPTZ NOT NULL,
    deleted_at       TIMESTAMPTZ,
    FOREIGN KEY (company_id, category_id) REFERENCES crm_categories (company_id, id)
);
CREATE INDEX crm_contacts_name ON crm_contacts (company_id, name_key, id) WHERE deleted_at IS NULL;
CREATE INDEX crm_contacts_created ON crm_contacts (company_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX crm_contacts_updated ON crm_contacts (company_id, updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX crm_contacts_deleted ON crm_contacts (company_id, name_key, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX crm_contacts_category ON crm_contacts (company_id, category_id, name_key, id) WHERE category_id IS NOT NULL;
CREATE INDEX crm_contacts_owner ON crm_contacts (company_id, owner_id, name_key, id) WHERE owner_id IS NOT NULL;
CREATE INDEX crm_contacts_creator ON crm_contacts (company_id, created_by_id, name_key, id) WHERE created_by_id IS NOT NULL;
CREATE INDEX crm_contacts_company ON crm_contacts (company_id, company_key, name_key, id);
-- Last: while the table is empty all of these cost the same to a foreign key's check, Postgres
-- takes the newest, and the session keeps to it.
ALTER TABLE crm_contacts ADD PRIMARY KEY (company_id, id);

-- Every address of every live contact: no two of a company have the same.
CREATE TABLE crm_contact_addresses (
    company_id  UUID NOT NULL, -- the contact has the reference to it
    kind        TEXT COLLATE "C" NOT NULL CHECK (kind IN ('phone', 'email')),
    address_key TEXT COLLATE "C" NOT NULL,
    contact_id  UUID NOT NULL,
    PRIMARY KEY (company_id, kind, address_key),
    FOREIGN KEY (company_id, contact_id) REFERENCES crm_contacts (company_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_contact_addresses_contact ON crm_contact_addresses (company_id, contact_id);

-- The tags of every contact, to find them by.
CREATE TABLE crm_contact_tags (
    company_id UUID NOT NULL, -- the contact has the reference to it
    tag_key    TEXT COLLATE "C" NOT NULL, -- core.Fold of the tag
    tag        TEXT COLLATE "C" NOT NULL,
    contact_id UUID NOT NULL,
    PRIMARY KEY (company_id, contact_id, tag_key),
    FOREIGN KEY (company_id, contact_id) REFERENCES crm_contacts (company_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_contact_tags_tag ON crm_contact_tags (company_id, tag_key, contact_id);

CREATE TABLE crm_contact_notes (
    company_id      UUID NOT NULL REFERENCES id_companies (id),
    id              UUID NOT NULL,
    contact_id      UUID NOT NULL,
    content         TEXT NOT NULL CHECK (content <> ''),
    attachment_url  TEXT NOT NULL,
    attachment_name TEXT NOT NULL,
    attachment_type TEXT NOT NULL,
    attachment_size BIGINT NOT NULL,
    attachment_key  TEXT NOT NULL, -- where the file is kept; '' for none
    created_by_id   UUID,
    version         BIGINT NOT NULL CHECK (version > 0),
    created_at      TIMESTAMPTZ NOT NULL,
    updated_at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, contact_id) REFERENCES crm_contacts (company_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_contact_notes_contact ON crm_contact_notes (company_id, contact_id, created_at, id);

CREATE TABLE crm_contact_activities (
    company_id    UUID NOT NULL REFERENCES id_companies (id),
    id            UUID NOT NULL,
    contact_id    UUID NOT NULL,
    type          TEXT NOT NULL CHECK (type IN ('reminder', 'todo', 'meeting', 'call', 'email', 'other')),
    title         TEXT NOT NULL CHECK (title <> ''),
    description   TEXT NOT NULL,
    scheduled_at  TIMESTAMPTZ,
    is_completed  BOOLEAN NOT NULL,
    completed_at  TIMESTAMPTZ,
    created_by_id UUID,
    version       BIGINT NOT NULL CHECK (version > 0),
    created_at    TIMESTAMPTZ NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL,
    CHECK (is_completed = (completed_at IS NOT NULL)),
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, contact_id) REFERENCES crm_contacts (company_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_contact_activities_contact ON crm_contact_activities (company_id, contact_id, created_at, id);
CREATE INDEX crm_contact_activities_open ON crm_contact_activities (company_id, scheduled_at, id)
    WHERE completed_at IS NULL AND scheduled_at IS NOT NULL;

CREATE TABLE crm_contact_social_links (
    company_id    UUID NOT NULL REFERENCES id_companies (id),
    id            UUID NOT NULL,
    contact_id    UUID NOT NULL,
    platform      TEXT NOT NULL CHECK (platform IN ('facebook', 'linkedin', 'instagram', 'twitter', 'youtube', 'other')),
    url           TEXT NOT NULL,
    username      TEXT NOT NULL,
    created_by_id UUID,
    version       BIGINT NOT NULL CHECK (version > 0),
    created_at    TIMESTAMPTZ NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, contact_id) REFERENCES crm_contacts (company_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_contact_social_links_contact ON crm_contact_social_links (company_id, contact_id, created_at, id);
