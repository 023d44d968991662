CREATE TABLE jobs_events (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    body_id BIGINT,
    subject_id BIGINT,
    payload TEXT NOT NULL,
    trace TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at BIGINT NOT NULL,
    error TEXT
);
CREATE INDEX jobs_events_due ON jobs_events (next_at, id);
CREATE INDEX jobs_events_failing ON jobs_events (id) WHERE attempts > 0;
CREATE TABLE jobs_leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    held_until BIGINT NOT NULL,
    ran_at BIGINT NOT NULL
);
