-- Contacts that had been erased when an import was undone.
ALTER TABLE crm_imports ADD COLUMN gone BIGINT NOT NULL DEFAULT 0;
