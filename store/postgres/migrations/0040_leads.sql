-- Trackers with their fields and stages, and leads with what hangs on them. Primary keys come
-- after the other indexes: see 0003_crm.sql.
CREATE TABLE crm_trackers (
    company_id    UUID NOT NULL REFERENCES id_companies (id),
    id            UUID NOT NULL,
    name          TEXT NOT NULL CHECK (name <> ''),
    name_key      TEXT COLLATE "C" NOT NULL, -- core.Fold of the name
    description   TEXT NOT NULL,
    assignment    JSONB NOT NULL,
    active        BOOLEAN NOT NULL,
    created_by_id UUID,
    version       BIGINT NOT NULL CHECK (version > 0),
    created_at    TIMESTAMPTZ NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL
);
CREATE INDEX crm_trackers_name ON crm_trackers (company_id, name_key, id);
ALTER TABLE crm_trackers ADD PRIMARY KEY (company_id, id);

CREATE TABLE crm_stages (
    company_id    UUID NOT NULL, -- the tracker has the reference to it
    tracker_id    UUID NOT NULL,
    key           TEXT COLLATE "C" NOT NULL CHECK (key <> ''),
    position      BIGINT NOT NULL CHECK (position >= 0),
    label         TEXT NOT NULL CHECK (label <> ''),
    kind          TEXT NOT NULL CHECK (kind IN ('open', 'won', 'lost', 'hold')),
    probability   BIGINT NOT NULL CHECK (probability BETWEEN 0 AND 100),
    allowed_moves JSONB NOT NULL,
    requires      JSONB NOT NULL,
    PRIMARY KEY (company_id, tracker_id, key),
    FOREIGN KEY (company_id, tracker_id) REFERENCES crm_trackers (company_id, id) ON DELETE CASCADE
);

CREATE TABLE crm_fields (
    company_id  UUID NOT NULL, -- the tracker has the reference to it
    id          UUID NOT NULL,
    tracker_id  UUID NOT NULL,
    name        TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
    label       TEXT NOT NULL CHECK (label <> ''),
    type        TEXT NOT NULL CHECK (type IN ('text', 'number', 'email', 'phone', 'date', 'select', 'multi_select', 'textarea', 'boolean')),
    is_required BOOLEAN NOT NULL,
    options     JSONB NOT NULL,
    placeholder TEXT NOT NULL,
    help_text   TEXT NOT NULL,
    sort_order  BIGINT NOT NULL,
    retired_at  TIMESTAMPTZ, -- when it was removed; its values stay readable
    created_at  TIMESTAMPTZ NOT NULL,
    updated_at  TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (company_id, tracker_id) REFERENCES crm_trackers (company_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_fields_tracker ON crm_fields (company_id, tracker_id);
CREATE UNIQUE INDEX crm_fields_name ON crm_fields (company_id, tracker_id, name) WHERE retired_at IS NULL;
ALTER TABLE crm_fields ADD PRIMARY KEY (company_id, id);

-- Whose turn it is in the round robin of a tracker: a row that those who create leads lock.
CREATE TABLE crm_tracker_turns (
    company_id UUID NOT NULL, -- the tracker has the reference to it
    tracker_id UUID NOT NULL,
    credits    JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (company_id, tracker_id),
    FOREIGN KEY (company_id, tracker_id) REFERENCES crm_trackers (company_id, id) ON DELETE CASCADE
);

CREATE TABLE crm_leads (
    company_id          UUID NOT NULL REFERENCES id_companies (id),
    id                  UUID NOT NULL,
    tracker_id          UUID NOT NULL,
    contact_id          UUID NOT NULL,
    title               TEXT NOT NULL CHECK (title <> ''),
    title_key           TEXT COLLATE "C" NOT NULL, -- core.Fold of the title
    description         TEXT NOT NULL,
    status              TEXT COLLATE "C" NOT NULL, -- the key of its stage
    reached             TEXT COLLATE "C" NOT NULL, -- the key of the furthest open or won stage it has been in; '' for none
    value_minor         BIGINT NOT NULL CHECK (value_minor >= 0), -- 0 where there is none
    value_currency      TEXT COLLATE "C" NOT NULL, -- '' where there is no value
    expected_close_date TEXT COLLATE "C" NOT NULL, -- YYYY-MM-DD; '' for none
    source              TEXT COLLATE "C" NOT NULL,
    lost_reason         TEXT NOT NULL,
    assigned_to_id      UUID,
    entered_at          TIMESTAMPTZ NOT NULL, -- when it came into its stage
    entered_seconds     BIGINT NOT NULL, -- the same since 1970, to be summed up
    closed_at           TIMESTAMPTZ,
    closed_on           TEXT COLLATE "C" NOT NULL, -- the day of it where the company is; '' while it is open
    created_by_id       UUID,
    version             BIGINT NOT NULL CHECK (version > 0),
    created_at          TIMESTAMPTZ NOT NULL,
    updated_at          TIMESTAMPTZ NOT NULL,
    CHECK ((closed_at IS NULL) = (closed_on = '')),
    FOREIGN KEY (company_id, tracker_id, status) REFERENCES crm_stages (company_id, tracker_id, key),
    FOREIGN KEY (company_id, contact_id) REFERENCES crm_contacts (company_id, id) ON DELETE CASCADE
);
-- The funnel, the forecast and the stays are read out of this one alone.
CREATE INDEX crm_leads_funnel ON crm_leads (company_id, tracker_id, status, reached, value_currency, value_minor, expected_close_date, entered_seconds);
CREATE INDEX crm_leads_stage ON crm_leads (company_id, tracker_id, status, created_at, id);
CREATE INDEX crm_leads_created ON crm_leads (company_id, created_at, id);
CREATE INDEX crm_leads_updated ON crm_leads (company_id, updated_at, id);
CREATE INDEX crm_leads_title ON crm_leads (company_id, title_key, id);
CREATE INDEX crm_leads_value ON crm_leads (company_id, value_minor, id);
CREATE INDEX crm_leads_expected ON crm_leads (company_id, expected_close_date, id);
CREATE INDEX crm_leads_closed ON crm_leads (company_id, closed_on, tracker_id) WHERE closed_on <> '';
CREATE INDEX crm_leads_contact ON crm_leads (company_id, contact_id, created_at, id);
CREATE INDEX crm_leads_assignee ON crm_leads (company_id, assigned_to_id, created_at, id) WHERE assigned_to_id IS NOT NULL;
CREATE INDEX crm_leads_creator ON crm_leads (company_id, created_by_id, created_at, id) WHERE created_by_id IS NOT NULL;
ALTER TABLE crm_leads ADD PRIMARY KEY (company_id, id);

-- What leads have in their tracker's fields: a row for each value, of a multi_select for each option.
CREATE TABLE crm_lead_values (
    company_id UUID NOT NULL, -- the lead has the reference to it
    field_id   UUID NOT NULL,
    lead_id    UUID NOT NULL,
    old        BOOLEAN NOT NULL, -- it fits the field no more, and is kept to be read
    position   BIGINT NOT NULL,
    value      TEXT NOT NULL, -- canonical
    sort_key   TEXT COLLATE "C" NOT NULL, -- in the order of the field's type
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (company_id, field_id, lead_id, old, position),
    FOREIGN KEY (company_id, field_id) REFERENCES crm_fields (company_id, id) ON DELETE CASCADE,
    FOREIGN KEY (company_id, lead_id) REFERENCES crm_leads (company_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_lead_values_lead ON crm_lead_values (company_id, lead_id);
CREATE INDEX crm_lead_values_sort ON crm_lead_values (company_id, field_id, sort_key, lead_id) WHERE NOT old;

-- Every stage that a lead has come into.
CREATE TABLE crm_lead_moves (
    company_id    UUID NOT NULL, -- the lead has the reference to it
    id            UUID NOT NULL,
    lead_id       UUID NOT NULL,
    tracker_id    UUID NOT NULL,
    from_status   TEXT COLLATE "C" NOT NULL, -- '' where it was created
    to_status     TEXT COLLATE "C" NOT NULL CHECK (to_status <> ''),
    stay_seconds  BIGINT NOT NULL CHECK (stay_seconds >= 0), -- how long it was in the stage that it left
    lost_reason   TEXT NOT NULL,
    created_by_id UUID,
    created_at    TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (company_id, lead_id) REFERENCES crm_leads (company_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_lead_moves_lead ON crm_lead_moves (company_id, lead_id, created_at, id);
CREATE INDEX crm_lead_moves_stays ON crm_lead_moves (company_id, tracker_id, created_at, from_status, stay_seconds);
ALTER TABLE crm_lead_moves ADD PRIMARY KEY (company_id, id);

CREATE TABLE crm_lead_notes (
    company_id    UUID NOT NULL, -- the lead has the reference to it
    id            UUID NOT NULL,
    lead_id       UUID NOT NULL,
    content       TEXT NOT NULL CHECK (content <> ''),
    created_by_id UUID,
    version       BIGINT NOT NULL CHECK (version > 0),
    created_at    TIMESTAMPTZ NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (company_id, lead_id) REFERENCES crm_leads (company_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_lead_notes_lead ON crm_lead_notes (company_id, lead_id, created_at, id);
ALTER TABLE crm_lead_notes ADD PRIMARY KEY (company_id, id);
