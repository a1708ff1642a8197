-- Other figures for attempts that were settled: `ordered` together with a journal entry, appended to its ledger by the
-- node that settled the attempt, and `applied` in the transaction of the projector that adds their differences to sums;
-- or `refused` in the one in which it passes over what this database does not take.
CREATE TABLE adjustments (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    attempt_id UUID NOT NULL,
    call_id UUID NOT NULL,
    node_id UUID NOT NULL,
    opened_at TIMESTAMP NOT NULL,
    ordered_at TIMESTAMP NOT NULL,
    state TEXT NOT NULL,
    journal_seq BIGINT NOT NULL,
    detail JSON NOT NULL,
    PRIMARY KEY (organization_id, id)
);
--tenant adjustments
CREATE INDEX adjustments_attempt ON adjustments (organization_id, attempt_id, journal_seq);
CREATE INDEX adjustments_call ON adjustments (organization_id, call_id);
CREATE INDEX adjustments_ordered ON adjustments (node_id) WHERE state = 'ordered';
-- One at a time: the next one changes what this one will have made of the figure.
CREATE UNIQUE INDEX adjustments_organization_id_attempt_id_key ON adjustments (organization_id, attempt_id)
    WHERE state = 'ordered';

-- Whose ledger settled the attempt; absent for rows from before.
ALTER TABLE attempts ADD COLUMN node_id UUID;
-- What it costs by its last adjustment; absent where there is none.
ALTER TABLE attempts ADD COLUMN adjusted_nanos BIGINT;
