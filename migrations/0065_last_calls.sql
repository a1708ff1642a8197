-- When a key was used last.
CREATE INDEX usage_rollups_key ON usage_rollups (organization_id, key_id, slot);
