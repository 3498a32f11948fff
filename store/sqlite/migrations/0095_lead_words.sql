-- Leads are searched by their words, as contacts are; NULL until crmstore.Index has come by.
ALTER TABLE crm_leads ADD COLUMN words TEXT;
CREATE INDEX crm_leads_without_words ON crm_leads (company_id, id) WHERE words IS NULL;

-- The words' index: see that of contacts.
CREATE TABLE crm_lead_docs (
    docid      INTEGER PRIMARY KEY,
    company_id TEXT NOT NULL,
    lead_id    TEXT NOT NULL,
    FOREIGN KEY (company_id, lead_id) REFERENCES crm_leads (company_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX crm_lead_docs_lead ON crm_lead_docs (company_id, lead_id);
CREATE VIRTUAL TABLE crm_lead_fts USING fts5 (words, content = '', columnsize = 0, detail = none, tokenize = 'ascii', prefix = '7 8 9');
INSERT INTO crm_lead_fts (crm_lead_fts, rank) VALUES ('secure-delete', 1);

CREATE TRIGGER crm_leads_words_made AFTER INSERT ON crm_leads WHEN new.words IS NOT NULL BEGIN
    INSERT INTO crm_lead_docs (company_id, lead_id) VALUES (new.company_id, new.id);
    INSERT INTO crm_lead_fts (rowid, words) VALUES (last_insert_rowid(), new.words);
END;
CREATE TRIGGER crm_leads_words_changed AFTER UPDATE OF words ON crm_leads WHEN new.words IS NOT old.words BEGIN
    INSERT INTO crm_lead_fts (crm_lead_fts, rowid, words)
        SELECT 'delete', docid, old.words FROM crm_lead_docs WHERE company_id = old.company_id AND lead_id = old.id;
    DELETE FROM crm_lead_docs WHERE company_id = old.company_id AND lead_id = old.id;
    INSERT INTO crm_lead_docs (company_id, lead_id) VALUES (new.company_id, new.id);
    INSERT INTO crm_lead_fts (rowid, words) VALUES (last_insert_rowid(), new.words);
END;
CREATE TRIGGER crm_leads_words_gone BEFORE DELETE ON crm_leads WHEN old.words IS NOT NULL BEGIN
    INSERT INTO crm_lead_fts (crm_lead_fts, rowid, words)
        SELECT 'delete', docid, old.words FROM crm_lead_docs WHERE company_id = old.company_id AND lead_id = old.id;
END;
