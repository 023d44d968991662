-- Lists of what waits and of what is suspicious, of any scope, without a look at the rows of the table.
CREATE INDEX responses_responses_waiting ON responses_responses (id, body_id, is_negative) WHERE looked_at IS NULL;
CREATE INDEX responses_responses_suspicious ON responses_responses (id, body_id, is_negative, looked_at)
    WHERE suspicion <> 0;

-- only sqlite
-- Trigrams of the texts; a response whose event still waits is added by its handler.
CREATE VIRTUAL TABLE responses_trigrams USING fts5 (
    search_text, content = '', detail = none, tokenize = 'trigram case_sensitive 1'
);
INSERT INTO responses_trigrams (rowid, search_text)
SELECT r.id, r.search_text
FROM responses_responses r
WHERE r.search_text <> '' AND NOT EXISTS (SELECT 1 FROM jobs_events e WHERE e.id = r.id)
ORDER BY r.id;

-- only postgres
-- Without the extension the search reads the texts, and `otklik doctor` says so.
DO $$
DECLARE home TEXT;
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    SELECT n.nspname INTO home FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace
    WHERE x.extname = 'pg_trgm';
    EXECUTE format(
        'CREATE INDEX responses_responses_trigrams ON responses_responses USING gin (search_text %I.gin_trgm_ops)',
        home
    );
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
    RAISE NOTICE 'pg_trgm: %', SQLERRM;
END $$;

-- both
