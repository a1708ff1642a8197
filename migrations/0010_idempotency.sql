-- Answers to POST requests that carried an Idempotency-Key, so that a repeated request is answered and not done again.
CREATE TABLE idempotency_keys (
    organization_id UUID NOT NULL REFERENCES organizations (id),
    actor TEXT NOT NULL,
    route TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint BYTES NOT NULL,
    status BIGINT NOT NULL,
    tag TEXT,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (organization_id, actor, route, idempotency_key)
);
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (organization_id, created_at);
--tenant idempotency_keys
