CREATE TABLE monitoring_records (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    valid_from INTEGER NOT NULL,
    content TEXT NOT NULL,
    reason TEXT NOT NULL,
    delivery_id BIGINT NULL,
    changed_by TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX monitoring_records_name ON monitoring_records (kind, name, valid_from, id);
CREATE INDEX monitoring_records_delivery ON monitoring_records (delivery_id);
