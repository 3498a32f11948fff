-- Assessments and questionnaires: forms, their versions and links, attempts and responses.
-- Primary keys come after the other indexes: see 0003_crm.sql.
CREATE TABLE asm_forms (
    company_id        UUID NOT NULL REFERENCES id_companies (id),
    id                UUID NOT NULL,
    kind              TEXT NOT NULL CHECK (kind IN ('assessment', 'questionnaire')),
    title             TEXT NOT NULL CHECK (title <> ''),
    title_key         TEXT COLLATE "C" NOT NULL, -- core.Fold of the title
    description       TEXT NOT NULL,
    trait             TEXT NOT NULL CHECK (trait IN ('', 'sales', 'marketing', 'hr_management', 'people_management', 'leadership', 'communication', 'technical', 'creativity')),
    scoring           JSONB, -- a scoring document; NULL: plain points
    max_attempts      BIGINT NOT NULL CHECK (max_attempts >= 0),
    time_limit        BIGINT NOT NULL CHECK (time_limit >= 0), -- minutes
    grace             BIGINT NOT NULL CHECK (grace >= 0),      -- seconds
    shuffle           BOOLEAN NOT NULL,
    show_result       BOOLEAN NOT NULL,
    ask_who           TEXT NOT NULL CHECK (ask_who IN ('no', 'optional', 'required')),
    opens_at          TIMESTAMPTZ,
    closes_at         TIMESTAMPTZ,
    is_active         BOOLEAN NOT NULL,
    questions         JSONB NOT NULL, -- the draft
    published         BIGINT NOT NULL, -- the number of the latest; 0: none
    is_public         BOOLEAN NOT NULL, -- it has a link that is not revoked
    created_by_id     UUID,
    version           BIGINT NOT NULL CHECK (version > 0),
    created_at        TIMESTAMPTZ NOT NULL,
    updated_at        TIMESTAMPTZ NOT NULL
);
CREATE INDEX asm_forms_title ON asm_forms (company_id, kind, title_key, id);
ALTER TABLE asm_forms ADD PRIMARY KEY (company_id, id);

-- What was published, for good.
CREATE TABLE asm_versions (
    company_id    UUID NOT NULL REFERENCES id_companies (id),
    id            UUID NOT NULL,
    form_id       UUID NOT NULL,
    number        BIGINT NOT NULL CHECK (number > 0),
    title         TEXT NOT NULL,
    description   TEXT NOT NULL,
    definition    JSONB NOT NULL,
    hash          TEXT NOT NULL, -- SHA-256 of title, description and definition
    created_by_id UUID,
    created_at    TIMESTAMPTZ NOT NULL,
    UNIQUE (company_id, form_id, number),
    FOREIGN KEY (company_id, form_id) REFERENCES asm_forms (company_id, id) ON DELETE CASCADE
);
ALTER TABLE asm_versions ADD PRIMARY KEY (company_id, id);

-- The public address of a form: the hash of its token. At most one of a form is not revoked.
CREATE TABLE asm_links (
    company_id    UUID NOT NULL REFERENCES id_companies (id),
    id            UUID NOT NULL,
    form_id       UUID NOT NULL,
    token_hash    TEXT NOT NULL UNIQUE,
    revoked_at    TIMESTAMPTZ,
    created_by_id UUID,
    created_at    TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (company_id, id),
    FOREIGN KEY (company_id, form_id) REFERENCES asm_forms (company_id, id) ON DELETE CASCADE
);
CREATE INDEX asm_links_form ON asm_links (company_id, form_id);
CREATE UNIQUE INDEX asm_links_live ON asm_links (company_id, form_id) WHERE revoked_at IS NULL;

-- Answers on their way.
CREATE TABLE asm_attempts (
    company_id  UUID NOT NULL REFERENCES id_companies (id),
    id          UUID NOT NULL,
    form_id     UUID NOT NULL,
    version_id  UUID NOT NULL,
    contact_id  UUID,
    token_hash  TEXT NOT NULL UNIQUE,
    seed        BIGINT NOT NULL, -- of the order of questions; 0: as they are
    name        TEXT NOT NULL,
    email       TEXT NOT NULL,
    answers     JSONB NOT NULL,
    deadline    TIMESTAMPTZ,
    grace       BIGINT NOT NULL, -- seconds
    response_id UUID, -- of a submitted one
    version     BIGINT NOT NULL CHECK (version > 0),
    created_at  TIMESTAMPTZ NOT NULL,
    updated_at  TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (company_id, form_id) REFERENCES asm_forms (company_id, id) ON DELETE CASCADE,
    FOREIGN KEY (company_id, version_id) REFERENCES asm_versions (company_id, id) ON DELETE CASCADE,
    FOREIGN KEY (company_id, contact_id) REFERENCES crm_contacts (company_id, id) ON DELETE CASCADE
);
CREATE INDEX asm_attempts_form ON asm_attempts (company_id, form_id, created_at, id);
CREATE INDEX asm_attempts_version ON asm_attempts (company_id, version_id);
CREATE INDEX asm_attempts_contact ON asm_attempts (company_id, contact_id);
ALTER TABLE asm_attempts ADD PRIMARY KEY (company_id, id);

-- What was answered.
CREATE TABLE asm_responses (
    company_id    UUID NOT NULL REFERENCES id_companies (id),
    id            UUID NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('assessment', 'questionnaire')),
    form_id       UUID NOT NULL,
    version_id    UUID NOT NULL, -- the version that was answered
    contact_id    UUID,
    attempt_id    UUID,
    ordinal       BIGINT NOT NULL CHECK (ordinal > 0), -- the how many-th of the contact
    status        TEXT NOT NULL CHECK (status IN ('pending_review', 'final')),
    answers       JSONB NOT NULL,
    late_answers  JSONB NOT NULL,
    marks         JSONB NOT NULL,
    late          BOOLEAN NOT NULL,
    choices       TEXT NOT NULL, -- what was chosen, by question, for statistics
    started_at    TIMESTAMPTZ,
    created_by_id UUID,
    version       BIGINT NOT NULL CHECK (version > 0),
    created_at    TIMESTAMPTZ NOT NULL, -- when it was submitted
    updated_at    TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (company_id, form_id) REFERENCES asm_forms (company_id, id),
    FOREIGN KEY (company_id, version_id) REFERENCES asm_versions (company_id, id),
    FOREIGN KEY (company_id, contact_id) REFERENCES crm_contacts (company_id, id) ON DELETE CASCADE
);
CREATE INDEX asm_responses_form ON asm_responses (company_id, form_id, created_at, id);
CREATE INDEX asm_responses_version ON asm_responses (company_id, version_id, created_at, id);
CREATE UNIQUE INDEX asm_responses_ordinal ON asm_responses (company_id, contact_id, form_id, ordinal) WHERE contact_id IS NOT NULL;
CREATE UNIQUE INDEX asm_responses_attempt ON asm_responses (company_id, attempt_id) WHERE attempt_id IS NOT NULL;
ALTER TABLE asm_responses ADD PRIMARY KEY (company_id, id);

-- What answers came to, under the key of a version. Rows are only added; the latest of a
-- response is current.
CREATE TABLE asm_scores (
    company_id       UUID NOT NULL REFERENCES id_companies (id),
    id               UUID NOT NULL,
    response_id      UUID NOT NULL,
    version_id       UUID NOT NULL, -- the version by whose key
    answered_id      UUID NOT NULL, -- the version that was answered
    reason           TEXT NOT NULL CHECK (reason IN ('submitted', 'marked', 'rescored')),
    is_current       BOOLEAN NOT NULL,
    total_score      TEXT NOT NULL, -- an exact number
    units            BIGINT NOT NULL, -- the same in units of the version, to compare in SQL
    min_score        TEXT NOT NULL,
    max_score        TEXT NOT NULL,
    percentage       BIGINT NOT NULL CHECK (percentage BETWEEN 0 AND 10000), -- hundredths
    passed           BOOLEAN,
    band             TEXT NOT NULL,
    personality_type TEXT NOT NULL,
    ranking          TEXT NOT NULL,
    traits           TEXT NOT NULL,
    pending          BIGINT NOT NULL,
    items            JSONB NOT NULL,
    dimensions       JSONB NOT NULL,
    points           TEXT NOT NULL, -- of the items, for statistics
    created_at       TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (company_id, response_id) REFERENCES asm_responses (company_id, id) ON DELETE CASCADE,
    FOREIGN KEY (company_id, version_id) REFERENCES asm_versions (company_id, id)
);
CREATE INDEX asm_scores_response ON asm_scores (company_id, response_id, created_at, id);
CREATE UNIQUE INDEX asm_scores_current ON asm_scores (company_id, response_id) WHERE is_current;
CREATE INDEX asm_scores_cohort ON asm_scores (company_id, answered_id, version_id, units) WHERE is_current;
CREATE INDEX asm_scores_version ON asm_scores (company_id, version_id);
ALTER TABLE asm_scores ADD PRIMARY KEY (company_id, id);

-- What each dimension of a score came to.
CREATE TABLE asm_score_dimensions (
    company_id UUID NOT NULL REFERENCES id_companies (id),
    score_id   UUID NOT NULL,
    key        TEXT NOT NULL,
    value      TEXT NOT NULL, -- an exact number
    percentage BIGINT NOT NULL,
    band       TEXT NOT NULL,
    PRIMARY KEY (company_id, score_id, key),
    FOREIGN KEY (company_id, score_id) REFERENCES asm_scores (company_id, id) ON DELETE CASCADE
);

-- What a company has decided. A company without a row has the defaults.
CREATE TABLE asm_settings (
    company_id UUID NOT NULL PRIMARY KEY REFERENCES id_companies (id),
    profiling  BOOLEAN NOT NULL, -- results are written into contacts' personality fields
    version    BIGINT NOT NULL CHECK (version > 0),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
