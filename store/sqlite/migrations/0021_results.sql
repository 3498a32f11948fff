-- One row for each response, of what was chosen and what it came to: all that statistics, rankings and
-- scoring again read or write. Scoring again changes this one row, and keeps what was there in it.
CREATE TABLE asm_results (
    company_id  TEXT NOT NULL,
    response_id TEXT NOT NULL,
    version_id  TEXT NOT NULL, -- the version that was answered
    choices     TEXT NOT NULL, -- by question
    key_id      TEXT, -- the version by whose key; NULL: it is not scored
    units       BIGINT NOT NULL, -- the total in units of the key
    percentage  BIGINT NOT NULL CHECK (percentage BETWEEN 0 AND 10000), -- hundredths
    pending     BIGINT NOT NULL, -- answers that wait for a mark
    points      TEXT NOT NULL, -- of the items, in units of the key
    is_ranked   BOOLEAN NOT NULL, -- it is one of those that a percentile is of
    outcome     TEXT NOT NULL, -- the current one, as a line of JSON; '': it is not scored
    past        TEXT NOT NULL, -- those before, a line each
    PRIMARY KEY (company_id, response_id),
    FOREIGN KEY (company_id, response_id) REFERENCES asm_responses (company_id, id) ON DELETE CASCADE
);
CREATE INDEX asm_results_version ON asm_results (company_id, version_id, response_id);
CREATE INDEX asm_results_cohort ON asm_results (company_id, version_id, key_id, units) WHERE is_ranked;

CREATE TEMPORARY TABLE asm_lines AS
SELECT s.company_id, s.response_id, s.is_current, s.created_at, s.id, json_object(
    'id', s.id, 'key', s.version_id, 'reason', s.reason, 'total', s.total_score, 'min', s.min_score, 'max', s.max_score,
    'percentage', s.percentage, 'passed', CASE s.passed WHEN TRUE THEN json('true') WHEN FALSE THEN json('false') END,
    'band', s.band, 'type', s.personality_type, 'ranking', s.ranking, 'traits', s.traits, 'pending', s.pending,
    'items', coalesce((SELECT group_concat(CASE i.value ->> 'state' WHEN 'scored' THEN i.value ->> 'points' ELSE substr(i.value ->> 'state', 1, 1) END, ',' ORDER BY i.key)
        FROM json_each(s.items) i), ''),
    'dimensions', json(s.dimensions), 'at', replace(replace(s.created_at, ' ', 'T'), '+00:00', 'Z')) AS line
FROM asm_scores s;

INSERT INTO asm_results (company_id, response_id, version_id, choices, key_id, units, percentage, pending, points, is_ranked, outcome, past)
SELECT r.company_id, r.id, r.version_id, r.choices, o.version_id, coalesce(o.units, 0), coalesce(o.percentage, 0),
    coalesce(o.pending, 0), coalesce(o.points, ''), coalesce(o.pending = 0, FALSE),
    coalesce((SELECT l.line FROM asm_lines l WHERE l.company_id = r.company_id AND l.response_id = r.id AND l.is_current), ''),
    coalesce((SELECT group_concat(l.line || char(10), '' ORDER BY l.created_at, l.id) FROM asm_lines l
        WHERE l.company_id = r.company_id AND l.response_id = r.id AND NOT l.is_current), '')
FROM asm_responses r LEFT JOIN asm_scores o ON o.company_id = r.company_id AND o.response_id = r.id AND o.is_current;

DROP TABLE asm_lines;
DROP TABLE asm_score_dimensions;
DROP TABLE asm_scores;
ALTER TABLE asm_responses DROP COLUMN choices;

-- What each dimension came to, a row each.
CREATE VIEW asm_score_dimensions AS
SELECT r.company_id, r.response_id, d.value ->> 'key' AS key, d.value ->> 'value' AS value,
    CAST(round((d.value ->> 'percentage') * 100) AS BIGINT) AS percentage, coalesce(d.value ->> 'band', '') AS band
FROM asm_results r, json_each(nullif(r.outcome, ''), '$.dimensions') d
WHERE d.value ->> 'scored';
