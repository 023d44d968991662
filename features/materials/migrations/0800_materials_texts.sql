CREATE TABLE materials_texts (
    body_id BIGINT PRIMARY KEY,
    heading TEXT NOT NULL,
    invitation TEXT NOT NULL,
    footer TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
