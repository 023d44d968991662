-- When something within a body or below it has last changed, as a number that only grows.
CREATE TABLE access_changes (
    body_id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL
);
