CREATE TABLE db_versions (
    name TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);
