-- What the checks of each attempt found, for the catalogue.

ALTER TABLE reportgen.report_run ADD COLUMN checks jsonb;
COMMENT ON COLUMN reportgen.report_run.checks IS 'What each check found, in the order of the definition: check, passed, rows, and atLeast where there can be more; null: nothing was checked.';
