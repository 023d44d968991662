-- A receipt is the response's id, enciphered: it needs no index of its own. What was its hash tells one
-- content from another for the same form.
DROP INDEX responses_responses_receipt;
DROP INDEX responses_responses_token;
ALTER TABLE responses_responses RENAME COLUMN receipt_hash TO content_hash;
CREATE UNIQUE INDEX responses_responses_form ON responses_responses (form_token, content_hash);
