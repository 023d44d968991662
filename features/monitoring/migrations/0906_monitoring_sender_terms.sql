-- What was agreed with a sender from day to day, once it has been changed: until then what stands with the sender.
CREATE TABLE monitoring_sender_terms (
    sender_id BIGINT NOT NULL REFERENCES monitoring_senders (id),
    valid_from INTEGER NOT NULL,
    policy TEXT NOT NULL,
    least_mark INTEGER NOT NULL,
    most_mark INTEGER NOT NULL,
    time_zone TEXT NOT NULL,
    due_hours INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (sender_id, valid_from)
);
