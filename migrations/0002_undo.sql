-- Which entry an entry takes back; absent where it takes none back.
ALTER TABLE journal_entries ADD COLUMN undoes BIGINT;
CREATE INDEX journal_entries_undoes ON journal_entries (organization_id, undoes) WHERE undoes IS NOT NULL;
