-- When the text of a response was removed because its time was over, and up to which response that has been done.
ALTER TABLE responses_responses ADD COLUMN text_removed_at BIGINT;
CREATE TABLE responses_texts_kept (since BIGINT NOT NULL);
INSERT INTO responses_texts_kept (since) VALUES (0);
