-- A sending is of one sender's revision. Those from before have no sender: what was sent stays as proof, what waited or
-- had nothing to send is planned anew.
DELETE FROM monitoring_sendings WHERE state IN ('waiting', 'nothing');
ALTER TABLE monitoring_sendings ADD COLUMN sender TEXT NOT NULL DEFAULT '';
ALTER TABLE monitoring_sendings ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
DROP INDEX monitoring_sendings_day;
CREATE UNIQUE INDEX monitoring_sendings_day ON monitoring_sendings (partner_id, day, sender, revision);
