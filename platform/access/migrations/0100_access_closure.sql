CREATE TABLE access_closure (
    ancestor BIGINT NOT NULL,
    body BIGINT NOT NULL,
    depth INTEGER NOT NULL,
    PRIMARY KEY (ancestor, body)
);
CREATE INDEX access_closure_body ON access_closure (body, ancestor);
