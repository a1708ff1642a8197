-- The keys that payloads are sealed under, themselves sealed under the master key.
CREATE TABLE payload_keys (
    organization_id UUID PRIMARY KEY REFERENCES organizations (id),
    id UUID NOT NULL,
    sealed TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
--tenant payload_keys

-- What calls said and were answered, redacted and sealed.
CREATE TABLE payloads (
    organization_id UUID NOT NULL,
    call_id UUID NOT NULL,
    at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    feature_id UUID,
    environment TEXT NOT NULL,
    user_name TEXT,
    sealed BYTES NOT NULL,
    PRIMARY KEY (organization_id, call_id)
);
--tenant payloads
CREATE INDEX payloads_feature ON payloads (organization_id, feature_id, at);
CREATE INDEX payloads_user ON payloads (organization_id, user_name, at);
CREATE INDEX payloads_expires_at ON payloads (expires_at);
