-- What became of each import of contacts. Nothing of the file is kept but digests: of its rows,
-- by which a later run knows that it goes on with the same, and of the options.
CREATE TABLE crm_imports (
    company_id     TEXT NOT NULL REFERENCES id_companies (id),
    id             TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'reverted')),
    rows_digest    TEXT NOT NULL,
    options_digest TEXT NOT NULL,
    rows           BIGINT NOT NULL,
    created        BIGINT NOT NULL,
    updated        BIGINT NOT NULL,
    skipped        BIGINT NOT NULL,
    failed         BIGINT NOT NULL,
    last_line      BIGINT NOT NULL,
    reverted       BIGINT NOT NULL,
    kept           BIGINT NOT NULL,
    created_by_id  TEXT,
    version        BIGINT NOT NULL CHECK (version > 0),
    created_at     TIMESTAMP NOT NULL,
    updated_at     TIMESTAMP NOT NULL,
    finished_at    TIMESTAMP,
    PRIMARY KEY (company_id, id)
);
CREATE INDEX crm_imports_created ON crm_imports (company_id, created_at, id);

-- Which contacts each batch of an import made or changed, and their versions before and after:
-- what they were is in the audit alone, and goes with it.
CREATE TABLE crm_import_batches (
    company_id TEXT NOT NULL, -- the import has the reference to it
    import_id  TEXT NOT NULL,
    first_line BIGINT NOT NULL,
    contacts   TEXT NOT NULL,
    reverted   BOOLEAN NOT NULL,
    PRIMARY KEY (company_id, import_id, first_line),
    FOREIGN KEY (company_id, import_id) REFERENCES crm_imports (company_id, id) ON DELETE CASCADE
);
