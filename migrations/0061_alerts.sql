-- What people are told about spending. `subject` says what it is about, so that it is told once.
CREATE TABLE alerts (
    organization_id UUID NOT NULL,
    id UUID NOT NULL,
    at TIMESTAMP NOT NULL,
    subject TEXT NOT NULL,
    budget_id UUID,
    detail JSON NOT NULL,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, subject)
);
--tenant alerts
CREATE INDEX alerts_budget ON alerts (organization_id, budget_id, id);
CREATE INDEX alerts_at ON alerts (organization_id, at);
