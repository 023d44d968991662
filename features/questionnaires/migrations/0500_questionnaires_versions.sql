CREATE TABLE questionnaires_versions (
    id BIGINT PRIMARY KEY,
    code TEXT NOT NULL,
    version INTEGER NOT NULL,
    content TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    UNIQUE (code, version)
);
