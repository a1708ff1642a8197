-- Who does what only one of the nodes is to do: one row, taken for a minute and renewed.
CREATE TABLE job_lease (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    node_id UUID,
    expires_at TIMESTAMP NOT NULL
);
--shared job_lease
INSERT INTO job_lease (id, expires_at) VALUES (1, 0);

-- When the last run of a job that came to its end began. `runner` is a node, or `installation`.
CREATE TABLE job_runs (
    name TEXT NOT NULL,
    runner TEXT NOT NULL,
    began_at TIMESTAMP NOT NULL,
    PRIMARY KEY (name, runner)
);
--shared job_runs
