CREATE TABLE organisations_responsibles (
    id BIGINT PRIMARY KEY,
    body_id BIGINT NOT NULL REFERENCES organisations_bodies (id),
    person_id BIGINT NULL REFERENCES organisations_people (id),
    unit TEXT NOT NULL,
    position TEXT NOT NULL,
    name TEXT NOT NULL,
    phone_code TEXT NOT NULL,
    phone_vts TEXT NOT NULL,
    phone_number TEXT NOT NULL,
    email TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX organisations_responsibles_body ON organisations_responsibles (body_id, id);
