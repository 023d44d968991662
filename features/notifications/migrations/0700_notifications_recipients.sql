CREATE TABLE notifications_recipients (
    body_id BIGINT NOT NULL,
    address TEXT NOT NULL,
    address_key TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (body_id, address_key)
);
