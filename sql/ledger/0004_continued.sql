-- Which intervals a run was to compute besides those that are missing, so that a later run can continue it.

ALTER TABLE reportgen.outcome ADD COLUMN interval_starts date[];
COMMENT ON COLUMN reportgen.outcome.interval_starts IS 'First days of the intervals that the run was to compute where some of them were published already; else null.';
CREATE INDEX outcome_planned ON reportgen.outcome (report) WHERE interval_starts IS NOT NULL;
