-- Contacts that had been erased when an import was undone.
ALTER TABLE crm_imports ADD COLUMN gone BIGINT NOT NULL DEFAULT 0;

-- Wider rows cost as much by either index; Postgres takes the newest of equals for the check of a
-- foreign key, which has to be the primary key.
ALTER TABLE crm_import_batches DROP CONSTRAINT crm_import_batches_company_id_import_id_fkey;
ALTER TABLE crm_imports DROP CONSTRAINT crm_imports_pkey;
ALTER TABLE crm_imports ADD PRIMARY KEY (company_id, id);
ALTER TABLE crm_import_batches ADD FOREIGN KEY (company_id, import_id) REFERENCES crm_imports (company_id, id) ON DELETE CASCADE;
