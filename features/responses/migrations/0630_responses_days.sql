-- Who has looked through what came to an office on a civil day of its own (QR-12), when, and how many of that day's
-- responses were negative then: a mark doesn't count any more when there are more of them.
CREATE TABLE responses_days (
    day INTEGER NOT NULL,
    body_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    looked_at BIGINT NOT NULL,
    negative BIGINT NOT NULL,
    PRIMARY KEY (body_id, day, person_id)
);
-- The days of offices that have responses, without reading every figure of them.
CREATE INDEX responses_figures_all ON responses_figures (body_id, day) WHERE figure = 'all';
