-- Rules of alerts of a body: for it and for everything under it that has none of its own.
CREATE TABLE notifications_alerts (
    body_id BIGINT PRIMARY KEY,
    flood_limit INTEGER NOT NULL,
    several INTEGER NOT NULL,
    several_to TEXT NOT NULL,
    words TEXT NOT NULL,
    words_to TEXT NOT NULL,
    daily_hour INTEGER NOT NULL,
    daily_to TEXT NOT NULL
);

-- What rules and digests ask of a response, and what became of it: `letter_id` is the digest it is in, or 0.
-- The row of a digest itself has its own id there.
ALTER TABLE notifications_outbox ADD COLUMN marks TEXT NOT NULL DEFAULT '';
ALTER TABLE notifications_outbox ADD COLUMN has_text SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE notifications_outbox ADD COLUMN handled_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE notifications_outbox ADD COLUMN letter_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE notifications_outbox ADD COLUMN several INTEGER NOT NULL DEFAULT 0;
ALTER TABLE notifications_outbox ADD COLUMN word TEXT NOT NULL DEFAULT '';
-- None of these holds fresh rows, so acceptance doesn't pay for them.
CREATE INDEX notifications_outbox_single ON notifications_outbox (body_id, handled_at)
    WHERE state = 1 AND letter_id = 0;
CREATE INDEX notifications_outbox_letter ON notifications_outbox (letter_id, id) WHERE letter_id > 0;
CREATE INDEX notifications_outbox_handled ON notifications_outbox (body_id, id) WHERE state > 0;

-- A letter about many responses; its id is also that of a row of the outbox.
CREATE TABLE notifications_digests (
    id BIGINT PRIMARY KEY,
    body_id BIGINT NOT NULL,
    kind SMALLINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);

-- Offices about which there are too many letters, and the id of the digest that is being gathered.
CREATE TABLE notifications_floods (
    body_id BIGINT PRIMARY KEY,
    letter_id BIGINT NOT NULL,
    since BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    level INTEGER NOT NULL,
    gathered BIGINT NOT NULL
);

-- The last day of an office that was summed up.
CREATE TABLE notifications_daily (
    body_id BIGINT PRIMARY KEY,
    day INTEGER NOT NULL
);
