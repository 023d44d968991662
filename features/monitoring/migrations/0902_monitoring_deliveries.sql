CREATE TABLE monitoring_deliveries (
    id BIGINT PRIMARY KEY,
    sender_id BIGINT NOT NULL,
    sender TEXT NOT NULL,
    body_id BIGINT NOT NULL,
    day INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    digest TEXT NOT NULL,
    state TEXT NOT NULL,
    way TEXT NOT NULL,
    file TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    received_by TEXT NOT NULL,
    started_at BIGINT NULL,
    finished_at BIGINT NULL,
    attempts INTEGER NOT NULL,
    rows_read BIGINT NOT NULL,
    rows_taken BIGINT NOT NULL,
    errors BIGINT NOT NULL,
    warnings BIGINT NOT NULL,
    applications BIGINT NOT NULL,
    events BIGINT NOT NULL,
    commit_number BIGINT NULL,
    replaced_by BIGINT NULL,
    problem TEXT NOT NULL
);
CREATE UNIQUE INDEX monitoring_deliveries_bytes ON monitoring_deliveries (sender_id, day, revision, digest);
CREATE INDEX monitoring_deliveries_day ON monitoring_deliveries (sender_id, day, revision);
CREATE INDEX monitoring_deliveries_state ON monitoring_deliveries (state, id);
CREATE INDEX monitoring_deliveries_received ON monitoring_deliveries (received_at, id);
