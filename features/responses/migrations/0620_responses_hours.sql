-- How often a day's figures were changed: whoever keeps them in memory reads again only what has.
CREATE TABLE responses_figure_days (
    day INTEGER NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);
INSERT INTO responses_figure_days (day, version) SELECT day, 1 FROM responses_figures GROUP BY day;

-- Days are loaded whole. Counting on in a row doesn't touch this index.
CREATE INDEX responses_figures_day ON responses_figures (day, body_id);

-- Figures by hour of UTC for what was counted before; a response whose event still waits is counted by its handler.
INSERT INTO responses_figures (body_id, day, figure, n)
SELECT r.body_id, r.day, '@' || CAST(r.received_at / 3600000000 % 24 AS TEXT), COUNT(*)
FROM responses_responses r
WHERE NOT EXISTS (SELECT 1 FROM jobs_events e WHERE e.id = r.id)
GROUP BY r.body_id, r.day, r.received_at / 3600000000 % 24;
INSERT INTO responses_figures (body_id, day, figure, n)
SELECT r.body_id, r.day, '@' || CAST(r.received_at / 3600000000 % 24 AS TEXT) || '-', COUNT(*)
FROM responses_responses r
WHERE r.is_negative AND NOT EXISTS (SELECT 1 FROM jobs_events e WHERE e.id = r.id)
GROUP BY r.body_id, r.day, r.received_at / 3600000000 % 24;
