CREATE TABLE organisations_people (
    id BIGINT PRIMARY KEY,
    body_id BIGINT NOT NULL REFERENCES organisations_bodies (id),
    unit_id BIGINT NULL REFERENCES organisations_units (id),
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    position TEXT NOT NULL,
    phone TEXT NOT NULL,
    email TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    must_change BOOLEAN NOT NULL,
    failures INTEGER NOT NULL,
    locked_until BIGINT NULL,
    disabled_at BIGINT NULL,
    created_at BIGINT NOT NULL,
    search_text TEXT NOT NULL,
    sort_key TEXT NOT NULL
);
CREATE INDEX organisations_people_body ON organisations_people (body_id, sort_key);

CREATE TABLE organisations_grants (
    person_id BIGINT NOT NULL REFERENCES organisations_people (id),
    body_id BIGINT NOT NULL REFERENCES organisations_bodies (id),
    role TEXT NOT NULL,
    granted_at BIGINT NOT NULL,
    PRIMARY KEY (person_id, body_id, role)
);

CREATE TABLE organisations_sessions (
    id BIGINT PRIMARY KEY,
    secret_hash TEXT NOT NULL UNIQUE,
    person_id BIGINT NOT NULL REFERENCES organisations_people (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    agent TEXT NOT NULL
);
CREATE INDEX organisations_sessions_person ON organisations_sessions (person_id, seen_at);
