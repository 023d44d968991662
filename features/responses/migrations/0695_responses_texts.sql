-- only postgres
-- The texts of an office, without a look at its responses that have none: a region is searched by them.
CREATE INDEX responses_responses_texts ON responses_responses (body_id, id) WHERE has_text;
