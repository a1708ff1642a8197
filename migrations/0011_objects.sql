-- Configuration: every object of every kind, as its canonical state. Written only together with a journal entry.
CREATE TABLE objects (
    organization_id UUID NOT NULL REFERENCES organizations (id),
    kind TEXT NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    state JSON NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    PRIMARY KEY (organization_id, kind, id),
    UNIQUE (organization_id, kind, name)
);
--tenant objects

-- What configuration refers to and never shows: sealed with AES-256-GCM under the master key.
CREATE TABLE secrets (
    organization_id UUID NOT NULL REFERENCES organizations (id),
    id UUID NOT NULL,
    sealed TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (organization_id, id)
);
--tenant secrets
