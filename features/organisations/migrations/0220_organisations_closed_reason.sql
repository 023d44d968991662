ALTER TABLE organisations_bodies ADD COLUMN closed_reason TEXT NOT NULL DEFAULT '';
