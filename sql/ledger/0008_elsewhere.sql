-- Rows of other servers, for which no as-of holds.

ALTER TABLE reportgen.report_run ADD COLUMN as_of_unproven text[];
COMMENT ON COLUMN reportgen.report_run.as_of_unproven IS 'What the attempt read of other servers, which its as-of does not hold for; null: nothing.';
