-- only sqlite
-- As on PostgreSQL: suspicious responses are filtered further without a look at each of them.
ALTER TABLE responses_responses ADD COLUMN has_text BOOLEAN GENERATED ALWAYS AS (comment <> '') VIRTUAL;
DROP INDEX responses_responses_suspicious;
CREATE INDEX responses_responses_suspicious
    ON responses_responses (id, body_id, is_negative, looked_at, day, marks, has_text, suspicion) WHERE suspicion <> 0;

-- both
