-- Trackers with their fields and stages, and leads with what hangs on them.
CREATE TABLE crm_trackers (
    company_id    TEXT NOT NULL REFERENCES id_companies (id),
    id            TEXT NOT NULL,
    name          TEXT NOT NULL CHECK (name <> ''),
    name_key      TEXT NOT NULL, -- core.Fold of the name
    description   TEXT NOT NULL,
    assignment    TEXT NOT NULL,
    active        BOOLEAN NOT NULL,
    created_by_id TEXT,
    version       BIGINT NOT NULL CHECK (version > 0),
    created_at    TIMESTAMP NOT NULL,
    updated_at    TIMESTAMP NOT NULL,
    PRIMARY KEY (company_id, id)
);
CREATE INDEX crm_trackers_name ON crm_trackers (company_id, name_key, id);

CREATE TABLE crm_stages (
    company_id    TEXT NOT NULL, -- the tracker has the reference to it
    tracker_id    TEXT NOT NULL,
    key           TEXT NOT NULL CHECK (key <> ''),
    position      BIGINT NOT NULL CHECK (position >= 0),
    label         TEXT NOT NULL CHECK (label <> ''),
    kind          TEXT NOT NULL CHECK (kind IN ('open', 'won', 'lost', 'hold')),
    probability   BIGINT NOT NULL CHECK (probability BETWEEN 0 AND 100),
    allowed_moves TEXT NOT NULL,
    requires      TEXT NOT NULL,
    PRIMARY KEY (company_id, tracker_id, key),
    FOREIGN KEY (company_id, tracker_id) REFERENCES crm_trackers (company_id, id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE crm_fields (
    company_id  TEXT NOT NULL, -- the tracker has the reference to it
    id          TEXT NOT NULL,
    tracker_id  TEXT NOT NULL,
    name        TEXT NOT NULL CHECK (name <> ''),
    label       TEXT NOT NULL CHECK (label <> ''),
    type        TEXT NOT NULL CHECK (type IN ('text', 'number', 'email', 'phone', 'date', 'select', 'multi_select', 'textarea', 'boolean')),
    is_required BOOLEAN NOT NULL,
    options     TEXT NOT NULL,
    placeholder TEXT NOT NULL,
    help_text   TEXT NOT NULL,
    sort_order  BIGINT NOT NULL,
    retired_at  TIMESTAMP, -- when it was removed; its values stay readable
    created_at  TIMESTAMP NOT NULL,
    updated_at  TIMESTAMP NOT NULL,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, tracker_id) REFERENCES crm_trackers (company_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_fields_tracker ON crm_fields (company_id, tracker_id);
CREATE UNIQUE INDEX crm_fields_name ON crm_fields (company_id, tracker_id, name) WHERE retired_at IS NULL;

-- Whose turn it is in the round robin of a tracker: a row that those who create leads lock.
CREATE TABLE crm_tracker_turns (
    company_id TEXT NOT NULL, -- the tracker has the reference to it
    tracker_id TEXT NOT NULL,
    credits    TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    PRIMARY KEY (company_id, tracker_id),
    FOREIGN KEY (company_id, tracker_id) REFERENCES crm_trackers (company_id, id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE crm_leads (
    company_id          TEXT NOT NULL REFERENCES id_companies (id),
    id                  TEXT NOT NULL,
    tracker_id          TEXT NOT NULL,
    contact_id          TEXT NOT NULL,
    title               TEXT NOT NULL CHECK (title <> ''),
    title_key           TEXT NOT NULL, -- core.Fold of the title
    description         TEXT NOT NULL,
    status              TEXT NOT NULL, -- the key of its stage
    reached             TEXT NOT NULL, -- the key of the furthest open or won stage it has been in; '' for none
    value_minor         BIGINT NOT NULL CHECK (value_minor >= 0), -- 0 where there is none
    value_currency      TEXT NOT NULL, -- '' where there is no value
    expected_close_date TEXT NOT NULL, -- YYYY-MM-DD; '' for none
    source              TEXT NOT NULL,
    lost_reason         TEXT NOT NULL,
    assigned_to_id      TEXT,
    entered_at          TIMESTAMP NOT NULL, -- when it came into its stage
    entered_seconds     BIGINT NOT NULL, -- the same since 1970, to be summed up
    closed_at           TIMESTAMP,
    closed_on           TEXT NOT NULL, -- the day of it where the company is; '' while it is open
    created_by_id       TEXT,
    version             BIGINT NOT NULL CHECK (version > 0),
    created_at          TIMESTAMP NOT NULL,
    updated_at          TIMESTAMP NOT NULL,
    CHECK ((closed_at IS NULL) = (closed_on = '')),
    PRIMARY KEY (company_id, id),
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

-- What leads have in their tracker's fields: a row for each value, of a multi_select for each option.
CREATE TABLE crm_lead_values (
    company_id TEXT NOT NULL, -- the lead has the reference to it
    field_id   TEXT NOT NULL,
    lead_id    TEXT NOT NULL,
    old        BOOLEAN NOT NULL, -- it fits the field no more, and is kept to be read
    position   BIGINT NOT NULL,
    value      TEXT NOT NULL, -- canonical
    sort_key   TEXT NOT NULL, -- in the order of the field's type
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    PRIMARY KEY (company_id, field_id, lead_id, old, position),
    FOREIGN KEY (company_id, field_id) REFERENCES crm_fields (company_id, id) ON DELETE CASCADE,
    FOREIGN KEY (company_id, lead_id) REFERENCES crm_leads (company_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_lead_values_lead ON crm_lead_values (company_id, lead_id);
CREATE INDEX crm_lead_values_sort ON crm_lead_values (company_id, field_id, sort_key, lead_id) WHERE NOT old;

-- Every stage that a lead has come into.
CREATE TABLE crm_lead_moves (
    company_id    TEXT NOT NULL, -- the lead has the reference to it
    id            TEXT NOT NULL,
    lead_id       TEXT NOT NULL,
    tracker_id    TEXT NOT NULL,
    from_status   TEXT NOT NULL, -- '' where it was created
    to_status     TEXT NOT NULL CHECK (to_status <> ''),
    stay_seconds  BIGINT NOT NULL CHECK (stay_seconds >= 0), -- how long it was in the stage that it left
    lost_reason   TEXT NOT NULL,
    created_by_id TEXT,
    created_at    TIMESTAMP NOT NULL,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, lead_id) REFERENCES crm_leads (company_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_lead_moves_lead ON crm_lead_moves (company_id, lead_id, created_at, id);
CREATE INDEX crm_lead_moves_stays ON crm_lead_moves (company_id, tracker_id, created_at, from_status, stay_seconds);

CREATE TABLE crm_lead_notes (
    company_id    TEXT NOT NULL, -- the lead has the reference to it
    id            TEXT NOT NULL,
    lead_id       TEXT NOT NULL,
    content       TEXT NOT NULL CHECK (content <> ''),
    created_by_id TEXT,
    version       BIGINT NOT NULL CHECK (version > 0),
    created_at    TIMESTAMP NOT NULL,
    updated_at    TIMESTAMP NOT NULL,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, lead_id) REFERENCES crm_leads (company_id, id) ON DELETE CASCADE
);
CREATE INDEX crm_lead_notes_lead ON crm_lead_notes (company_id, lead_id, created_at, id);
