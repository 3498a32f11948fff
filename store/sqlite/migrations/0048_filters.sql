-- Contacts of a place and of a source, for lists by name. A filter says that there is one, so that
-- those without need no entry.
CREATE INDEX crm_contacts_location ON crm_contacts (company_id, location_key, name_key, id) WHERE location_key <> '';
CREATE INDEX crm_contacts_source ON crm_contacts (company_id, source, name_key, id) WHERE source <> '';

-- Beginnings of one to three letters, behind the six of the company's mark, are words of the index
-- themselves: else a search of one letter would gather the rows of thousands of words.
DROP TABLE crm_contact_fts;
CREATE VIRTUAL TABLE crm_contact_fts USING fts5 (words, content = '', columnsize = 0, detail = none, tokenize = 'ascii', prefix = '7 8 9');
INSERT INTO crm_contact_fts (crm_contact_fts, rank) VALUES ('secure-delete', 1);
INSERT INTO crm_contact_fts (rowid, words)
    SELECT d.docid, c.words FROM crm_contact_docs d JOIN crm_contacts c ON c.company_id = d.company_id AND c.id = d.contact_id ORDER BY d.docid;
