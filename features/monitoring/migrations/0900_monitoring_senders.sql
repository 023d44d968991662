CREATE TABLE monitoring_senders (
    id BIGINT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    body_id BIGINT NOT NULL,
    policy TEXT NOT NULL,
    least_mark INTEGER NOT NULL,
    most_mark INTEGER NOT NULL,
    time_zone TEXT NOT NULL,
    due_hours INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NULL,
    token_hash TEXT NULL,
    token_at BIGINT NULL,
    sort_key TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX monitoring_senders_token ON monitoring_senders (token_hash);
CREATE INDEX monitoring_senders_body ON monitoring_senders (body_id);
