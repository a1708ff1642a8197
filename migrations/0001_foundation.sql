-- Organizations, and the journal: the first book.

CREATE TABLE organizations (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    currency TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
--tenant organizations id

-- The platform: owner of the bundled catalogue and of shared providers.
--pg INSERT INTO organizations VALUES ('00000000-0000-0000-0000-000000000000', 'platform', 'Platform', 'UTC', 'USD', 0, 0);
--lite INSERT INTO organizations VALUES (zeroblob(16), 'platform', 'Platform', 'UTC', 'USD', 0, 0);

-- The one row that numbers all entries: its lock lets no commit overtake another.
CREATE TABLE journal_position (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL
);
--shared journal_position
INSERT INTO journal_position (id, seq) VALUES (1, 0);

-- The end of each organization's chain.
CREATE TABLE journal_heads (
    organization_id UUID PRIMARY KEY REFERENCES organizations (id),
    number BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    hash BYTES NOT NULL
);
--tenant journal_heads

-- Identifiers and hashes stay for ever; payload and salt, which may hold personal data, can be erased.
CREATE TABLE journal_entries (
    organization_id UUID NOT NULL REFERENCES organizations (id),
    seq BIGINT NOT NULL,
    number BIGINT NOT NULL,
    id UUID NOT NULL,
    at TIMESTAMP NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id UUID,
    kind TEXT NOT NULL,
    object TEXT NOT NULL,
    action TEXT NOT NULL,
    schema_version BIGINT NOT NULL,
    change_set_id UUID,
    previous BYTES NOT NULL,
    payload_hash BYTES NOT NULL,
    hash BYTES NOT NULL,
    payload TEXT,
    salt BYTES,
    PRIMARY KEY (organization_id, seq),
    UNIQUE (organization_id, number),
    CHECK ((payload IS NULL) = (salt IS NULL))
);
--tenant journal_entries
CREATE UNIQUE INDEX journal_entries_seq_key ON journal_entries (seq);
CREATE INDEX journal_entries_object ON journal_entries (organization_id, kind, object, seq);
