CREATE TABLE monitoring_partners (
    id BIGINT PRIMARY KEY,
    body_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    way TEXT NOT NULL,
    address TEXT NOT NULL,
    login TEXT NOT NULL,
    secret TEXT NOT NULL,
    server_key TEXT NOT NULL,
    layout TEXT NOT NULL,
    sender_id BIGINT NULL,
    hour INTEGER NOT NULL,
    time_zone TEXT NOT NULL,
    is_on BOOLEAN NOT NULL,
    since INTEGER NOT NULL,
    sort_key TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX monitoring_partners_body ON monitoring_partners (body_id);

CREATE TABLE monitoring_sendings (
    id BIGINT PRIMARY KEY,
    partner_id BIGINT NOT NULL REFERENCES monitoring_partners (id),
    body_id BIGINT NOT NULL,
    day INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at BIGINT NOT NULL,
    file TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    digest TEXT NOT NULL,
    address TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT NULL
);
CREATE UNIQUE INDEX monitoring_sendings_day ON monitoring_sendings (partner_id, day);
CREATE INDEX monitoring_sendings_state ON monitoring_sendings (state, next_at);
