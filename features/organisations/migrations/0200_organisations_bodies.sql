CREATE TABLE organisations_bodies (
    id BIGINT PRIMARY KEY,
    parent_id BIGINT NULL REFERENCES organisations_bodies (id),
    code TEXT NOT NULL UNIQUE,
    full_name TEXT NOT NULL,
    short_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    level TEXT NOT NULL,
    region TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    address TEXT NOT NULL,
    latitude DOUBLE PRECISION NULL,
    longitude DOUBLE PRECISION NULL,
    site TEXT NOT NULL,
    has_queue_terminal BOOLEAN NOT NULL,
    is_office BOOLEAN NOT NULL,
    closed_at BIGINT NULL,
    search_text TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX organisations_bodies_parent ON organisations_bodies (parent_id, sort_key);

CREATE TABLE organisations_units (
    id BIGINT PRIMARY KEY,
    body_id BIGINT NOT NULL REFERENCES organisations_bodies (id),
    name TEXT NOT NULL,
    is_quality BOOLEAN NOT NULL,
    sort_key TEXT NOT NULL
);
CREATE INDEX organisations_units_body ON organisations_units (body_id, sort_key);
