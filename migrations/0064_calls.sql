-- What the list of calls filters by, no longer in `detail`.
ALTER TABLE calls ADD COLUMN cached BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE calls ADD COLUMN duration_micros BIGINT NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN session TEXT;
ALTER TABLE calls ADD COLUMN error_code TEXT;

--pg UPDATE calls SET cached = COALESCE((detail::json->>'cached')::boolean, FALSE),
--pg     duration_micros = (detail::json->>'duration_micros')::bigint,
--pg     session = detail::json->'caller'->>'session', error_code = detail::json->>'error_code';
--lite UPDATE calls SET cached = COALESCE(json_extract(detail, '$.cached'), FALSE),
--lite     duration_micros = json_extract(detail, '$.duration_micros'),
--lite     session = json_extract(detail, '$.caller.session'), error_code = json_extract(detail, '$.error_code');

-- Those that failed, were cached or were retried: few. An index of all calls by anything but time would double what a call
-- costs here.
CREATE INDEX calls_unusual ON calls (organization_id, id) WHERE status <> 'success' OR attempts <> 1;

-- When in its slot the calls of a roll-up came, while they are few: milliseconds, three bytes each. Absent once they are
-- many, and for roll-ups from before.
ALTER TABLE usage_rollups ADD COLUMN call_moments BYTES;
-- Where calls are, and how many, without reading what else roll-ups hold.
CREATE INDEX usage_rollups_calls ON usage_rollups (organization_id, slot, feature_id, key_id, model_id, provider_id,
    environment, calls_success, calls_error, calls_timeout, calls_cancelled, calls_blocked, calls_unknown, calls_cached,
    dimensions, node_id);
