-- Pictures of users that were uploaded, and how rows are found that name a file.
ALTER TABLE id_users ADD COLUMN picture_key TEXT NOT NULL DEFAULT '';  -- where the Blobs have it
ALTER TABLE id_users ADD COLUMN picture_type TEXT NOT NULL DEFAULT ''; -- its media type
CREATE INDEX id_users_pictures ON id_users (picture_key) WHERE picture_key <> '';
CREATE INDEX crm_contact_notes_files ON crm_contact_notes (attachment_key) WHERE attachment_key <> '';

-- What a database knows of itself: its id, which survives being dumped and restored.
CREATE TABLE core_settings (
    name       TEXT        NOT NULL PRIMARY KEY,
    value      TEXT        NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
