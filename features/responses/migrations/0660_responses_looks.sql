-- How often the marks of a day were changed: whoever keeps them in memory reads again only what has.
ALTER TABLE responses_figure_days ADD COLUMN looks BIGINT NOT NULL DEFAULT 0;

-- Marks are read by whole days; the table's key begins with the office.
CREATE INDEX responses_days_day ON responses_days (day, body_id);
