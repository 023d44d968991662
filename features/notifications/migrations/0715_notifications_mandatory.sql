CREATE TABLE notifications_mandatory (
    body_id BIGINT NOT NULL,
    duty TEXT NOT NULL,
    address_key TEXT NOT NULL,
    PRIMARY KEY (body_id, duty)
);
