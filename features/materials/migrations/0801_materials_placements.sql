CREATE TABLE materials_placements (
    id BIGINT PRIMARY KEY,
    body_id BIGINT NOT NULL,
    place TEXT NOT NULL,
    carrier TEXT NOT NULL,
    placed_on INTEGER NOT NULL,
    note TEXT NOT NULL,
    placed_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    removed_at BIGINT NULL,
    removed_by TEXT NOT NULL,
    remove_reason TEXT NOT NULL
);
CREATE INDEX materials_placements_body ON materials_placements (body_id, placed_on);

CREATE TABLE materials_photos (
    placement_id BIGINT PRIMARY KEY REFERENCES materials_placements (id),
    content BYTEA NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    added_by TEXT NOT NULL,
    added_at BIGINT NOT NULL
);
