-- A letter to be sent about a response; its id is the response's, so that there is never a second one.
CREATE TABLE notifications_outbox (
    id BIGINT PRIMARY KEY,
    body_id BIGINT NOT NULL,
    trace TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    state SMALLINT NOT NULL
);
CREATE INDEX notifications_outbox_fresh ON notifications_outbox (id) WHERE state = 0;
CREATE INDEX notifications_outbox_nobody ON notifications_outbox (body_id, id) WHERE state = 2;

-- The same letter to one recipient.
CREATE TABLE notifications_deliveries (
    id BIGINT PRIMARY KEY,
    outbox_id BIGINT NOT NULL,
    body_id BIGINT NOT NULL,
    address TEXT NOT NULL,
    state SMALLINT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    unsure INTEGER NOT NULL,
    reason SMALLINT NOT NULL,
    answer TEXT NOT NULL,
    finished_at BIGINT NULL,
    UNIQUE (outbox_id, address)
);
CREATE INDEX notifications_deliveries_due ON notifications_deliveries (next_at, id) WHERE state = 0;
CREATE INDEX notifications_deliveries_sent ON notifications_deliveries (body_id, finished_at) WHERE state = 1;
CREATE INDEX notifications_deliveries_failed ON notifications_deliveries (body_id, id) WHERE state > 1;

-- While the mail server is away or mail is set up wrongly: one row, for all nodes.
CREATE TABLE notifications_pause (
    id BIGINT PRIMARY KEY,
    since BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    failures INTEGER NOT NULL,
    reason SMALLINT NOT NULL,
    error TEXT NOT NULL
);
