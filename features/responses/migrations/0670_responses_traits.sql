-- only sqlite
-- What lists are filtered by stands beside the office: those of a region are counted without a look at the responses.
CREATE TABLE responses_by_office_traits (
    body_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    day INTEGER NOT NULL,
    marks TEXT NOT NULL,
    is_negative BOOLEAN NOT NULL,
    has_text BOOLEAN NOT NULL,
    suspicion INTEGER NOT NULL,
    is_looked BOOLEAN NOT NULL,
    PRIMARY KEY (body_id, id)
) WITHOUT ROWID;
INSERT INTO responses_by_office_traits (body_id, id, day, marks, is_negative, has_text, suspicion, is_looked)
SELECT x.body_id, x.id, r.day, r.marks, r.is_negative, r.comment <> '', r.suspicion, r.looked_at IS NOT NULL
FROM responses_by_office x CROSS JOIN responses_responses r ON r.id = x.id
ORDER BY x.body_id, x.id;
DROP TABLE responses_by_office;
ALTER TABLE responses_by_office_traits RENAME TO responses_by_office;

-- only postgres
-- The same: an index that holds what lists are filtered by. Whether there is a text is a column of its own, because
-- no index can answer for an expression alone.
ALTER TABLE responses_responses ADD COLUMN has_text BOOLEAN GENERATED ALWAYS AS (comment <> '') STORED;
CREATE INDEX responses_responses_traits ON responses_responses (body_id, id)
    INCLUDE (day, marks, is_negative, has_text, suspicion, looked_at);
DROP INDEX responses_responses_body;

-- both
