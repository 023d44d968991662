CREATE TABLE responses_responses (
    id BIGINT PRIMARY KEY,
    body_id BIGINT NOT NULL,
    questionnaire INTEGER NOT NULL,
    received_at BIGINT NOT NULL,
    day INTEGER NOT NULL,
    marks TEXT NOT NULL,
    is_negative BOOLEAN NOT NULL,
    comment TEXT NOT NULL,
    search_text TEXT NOT NULL,
    suspicion INTEGER NOT NULL,
    form_token BYTEA NOT NULL,
    receipt_hash BYTEA NOT NULL,
    device_mark BYTEA NOT NULL,
    trace TEXT NOT NULL,
    looked_at BIGINT NULL,
    looked_by TEXT NULL,
    outcome TEXT NULL,
    outcome_at BIGINT NULL
);
CREATE UNIQUE INDEX responses_responses_receipt ON responses_responses (receipt_hash);
CREATE INDEX responses_responses_token ON responses_responses (form_token);
CREATE INDEX responses_responses_body ON responses_responses (body_id, id);

CREATE TABLE responses_figures (
    body_id BIGINT NOT NULL,
    day INTEGER NOT NULL,
    figure TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (body_id, day, figure)
);

CREATE TABLE responses_daily_keys (
    day INTEGER NOT NULL PRIMARY KEY,
    device_key BYTEA NOT NULL
);
