-- only sqlite
-- Responses by office without writing a page of an index per accepted response: what comes stands in a table that
-- grows at its end, and is moved in large parts. Both tables together are all responses; whoever stores one writes
-- its row of `responses_fresh` with it.
CREATE TABLE responses_by_office (
    body_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    PRIMARY KEY (body_id, id)
) WITHOUT ROWID;
CREATE TABLE responses_fresh (
    id BIGINT PRIMARY KEY,
    body_id BIGINT NOT NULL
);
INSERT INTO responses_by_office (body_id, id) SELECT body_id, id FROM responses_responses ORDER BY body_id, id;
DROP INDEX responses_responses_body;

-- both
