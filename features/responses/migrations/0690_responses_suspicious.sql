-- only postgres
-- Suspicious responses are filtered further without a look at each of them.
DROP INDEX responses_responses_suspicious;
CREATE INDEX responses_responses_suspicious ON responses_responses (id, body_id, is_negative, looked_at)
    INCLUDE (day, marks, has_text, suspicion) WHERE suspicion <> 0;

-- both
