-- Contacts are searched by their words, as package core/words makes them; NULL until crmstore.Index
-- has come by, for rows that are older than this file.
ALTER TABLE crm_contacts ADD COLUMN words TEXT;
CREATE INDEX crm_contacts_without_words ON crm_contacts (company_id, id) WHERE words IS NULL;

-- The words' index. It knows rows by a number, which has to rise while rows come in, or each
-- would be a segment of its own. All characters above 127 are letters to "ascii": the words
-- are made already. What is deleted is erased from it at once.
CREATE TABLE crm_contact_docs (
    docid      INTEGER PRIMARY KEY,
    company_id TEXT NOT NULL,
    contact_id TEXT NOT NULL,
    FOREIGN KEY (company_id, contact_id) REFERENCES crm_contacts (company_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX crm_contact_docs_contact ON crm_contact_docs (company_id, contact_id);
CREATE VIRTUAL TABLE crm_contact_fts USING fts5 (words, content = '', columnsize = 0, detail = none, tokenize = 'ascii');
INSERT INTO crm_contact_fts (crm_contact_fts, rank) VALUES ('secure-delete', 1);

CREATE TRIGGER crm_contacts_words_made AFTER INSERT ON crm_contacts WHEN new.words IS NOT NULL BEGIN
    INSERT INTO crm_contact_docs (company_id, contact_id) VALUES (new.company_id, new.id);
    INSERT INTO crm_contact_fts (rowid, words) VALUES (last_insert_rowid(), new.words);
END;
CREATE TRIGGER crm_contacts_words_changed AFTER UPDATE OF words ON crm_contacts WHEN new.words IS NOT old.words BEGIN
    INSERT INTO crm_contact_fts (crm_contact_fts, rowid, words)
        SELECT 'delete', docid, old.words FROM crm_contact_docs WHERE company_id = old.company_id AND contact_id = old.id;
    DELETE FROM crm_contact_docs WHERE company_id = old.company_id AND contact_id = old.id;
    INSERT INTO crm_contact_docs (company_id, contact_id) VALUES (new.company_id, new.id);
    INSERT INTO crm_contact_fts (rowid, words) VALUES (last_insert_rowid(), new.words);
END;
CREATE TRIGGER crm_contacts_words_gone BEFORE DELETE ON crm_contacts WHEN old.words IS NOT NULL BEGIN
    INSERT INTO crm_contact_fts (crm_contact_fts, rowid, words)
        SELECT 'delete', docid, old.words FROM crm_contact_docs WHERE company_id = old.company_id AND contact_id = old.id;
END;
