CREATE TABLE journal_entries (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor_id BIGINT,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BIGINT,
    body_id BIGINT,
    trace TEXT NOT NULL,
    commitment TEXT NOT NULL,
    seq BIGINT UNIQUE,
    chain TEXT
);
CREATE INDEX journal_entries_unsealed ON journal_entries (id) WHERE seq IS NULL;
CREATE INDEX journal_entries_body ON journal_entries (body_id, id);
CREATE INDEX journal_entries_at ON journal_entries (at);
CREATE INDEX journal_entries_erased ON journal_entries (subject_id) WHERE action = 'journal.erase';
CREATE TABLE journal_payloads (
    entry_id BIGINT PRIMARY KEY,
    salt TEXT NOT NULL,
    payload TEXT NOT NULL
);
