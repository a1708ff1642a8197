-- The second book in the database, carried here from the nodes' segments by the projector.
--
-- Columns are what lists filter, sort or add up; what is only shown when one entry is explained stands in `detail`.
-- No table refers to `organizations` or to configuration: an entry is a fact, whatever became of what it names.

-- One request of an application. Ids are UUIDv7: their order is that of time.
CREATE TABLE calls (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    at TIMESTAMP NOT NULL,
    status TEXT NOT NULL,
    application_id UUID NOT NULL,
    key_id UUID NOT NULL,
    environment TEXT NOT NULL,
    feature_id UUID,
    user_name TEXT,
    provider_id UUID,
    model_id UUID,
    model_name TEXT,
    attempts BIGINT NOT NULL,
    cost_nanos BIGINT NOT NULL,
    detail JSON NOT NULL,
    PRIMARY KEY (organization_id, id)
);
--tenant calls
-- Blocked and cached calls: they are entries of the usage list that have no attempt.
CREATE INDEX calls_without_attempts ON calls (organization_id, id) WHERE attempts = 0;

-- One try at one model.
CREATE TABLE attempts (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    call_id UUID NOT NULL,
    number BIGINT NOT NULL,
    opened_at TIMESTAMP NOT NULL,
    status TEXT NOT NULL,
    application_id UUID NOT NULL,
    key_id UUID NOT NULL,
    environment TEXT NOT NULL,
    feature_id UUID,
    user_name TEXT,
    provider_id UUID NOT NULL,
    model_id UUID NOT NULL,
    model_name TEXT NOT NULL,
    cost_nanos BIGINT NOT NULL,
    detail JSON NOT NULL,
    PRIMARY KEY (organization_id, id)
);
--tenant attempts
CREATE INDEX attempts_call ON attempts (organization_id, call_id);

-- What budgets have spent per period. Each node adds to rows of its own, so that no two wait for each other.
CREATE TABLE budget_balances (
    organization_id UUID NOT NULL,
    budget_id UUID NOT NULL,
    period_start TIMESTAMP NOT NULL,
    node_id UUID NOT NULL,
    spent_nanos BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    overruns BIGINT NOT NULL,
    PRIMARY KEY (organization_id, budget_id, period_start, node_id)
);
--tenant budget_balances

-- Sums over slots of 15 minutes. `dimensions` is a digest of the columns from `application_id` to `key_id`, which keeps
-- the key short and lets absent ones be part of it.
--
-- Token classes are columns because every chart adds them up; the other meters, of which a model uses one or none,
-- are one object in `other_usage`. `latency` is a DDSketch of the successful calls' durations in microseconds.
CREATE TABLE usage_rollups (
    organization_id UUID NOT NULL,
    slot TIMESTAMP NOT NULL,
    dimensions BYTES NOT NULL,
    node_id UUID NOT NULL,
    application_id UUID NOT NULL,
    feature_id UUID,
    provider_id UUID,
    model_id UUID,
    environment TEXT NOT NULL,
    key_id UUID NOT NULL,
    model_name TEXT,
    calls_success BIGINT NOT NULL,
    calls_error BIGINT NOT NULL,
    calls_timeout BIGINT NOT NULL,
    calls_cancelled BIGINT NOT NULL,
    calls_blocked BIGINT NOT NULL,
    calls_unknown BIGINT NOT NULL,
    calls_cached BIGINT NOT NULL,
    attempts_success BIGINT NOT NULL,
    attempts_error BIGINT NOT NULL,
    attempts_timeout BIGINT NOT NULL,
    attempts_cancelled BIGINT NOT NULL,
    attempts_blocked BIGINT NOT NULL,
    attempts_unknown BIGINT NOT NULL,
    attempts_released BIGINT NOT NULL,
    attempts_unpriced BIGINT NOT NULL,
    attempts_estimated BIGINT NOT NULL,
    attempts_bound BIGINT NOT NULL,
    cost_nanos BIGINT NOT NULL,
    input_tokens BIGINT NOT NULL,
    cached_input_tokens BIGINT NOT NULL,
    cache_write_tokens BIGINT NOT NULL,
    cache_write_1h_tokens BIGINT NOT NULL,
    input_audio_tokens BIGINT NOT NULL,
    cached_input_audio_tokens BIGINT NOT NULL,
    input_image_tokens BIGINT NOT NULL,
    cached_input_image_tokens BIGINT NOT NULL,
    input_video_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    reasoning_tokens BIGINT NOT NULL,
    output_audio_tokens BIGINT NOT NULL,
    output_image_tokens BIGINT NOT NULL,
    other_usage JSON NOT NULL,
    latency BYTES NOT NULL,
    PRIMARY KEY (organization_id, slot, dimensions, node_id)
);
--tenant usage_rollups

-- Up to where each node's segments are in the database. Moved in the transaction that wrote the rows.
CREATE TABLE projector_offsets (
    node_id UUID PRIMARY KEY,
    segment BIGINT NOT NULL,
    byte_offset BIGINT NOT NULL
);
--shared projector_offsets

-- From when on rows are whole: older ones were deleted, their sums were not.
CREATE TABLE ledger_retention (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    rows_from TIMESTAMP NOT NULL
);
--shared ledger_retention
INSERT INTO ledger_retention (id, rows_from) VALUES (1, 0);
