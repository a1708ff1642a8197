-- Finds a service token by what is presented; the token itself is a configuration object.
CREATE TABLE token_digests (
    organization_id UUID NOT NULL REFERENCES organizations (id),
    sha256 BYTES NOT NULL,
    token_id UUID NOT NULL,
    PRIMARY KEY (organization_id, sha256)
);
CREATE UNIQUE INDEX token_digests_sha256_key ON token_digests (sha256);
--tenant token_digests

-- Links that sign a person in once.
CREATE TABLE sign_in_links (
    organization_id UUID NOT NULL REFERENCES organizations (id),
    sha256 BYTES NOT NULL,
    user_id UUID NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    PRIMARY KEY (organization_id, sha256)
);
CREATE UNIQUE INDEX sign_in_links_sha256_key ON sign_in_links (sha256);
--tenant sign_in_links

-- Signed-in browsers.
CREATE TABLE sessions (
    organization_id UUID NOT NULL REFERENCES organizations (id),
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    sha256 BYTES NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX sessions_sha256_key ON sessions (sha256);
--tenant sessions
