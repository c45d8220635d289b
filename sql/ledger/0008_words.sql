-- Errors that versions before 0085 of docs/decisions stored can quote a value of a row, and views show them to roles
-- without a grant on the source. Which do cannot be told any more, so that the server's words are taken out of all of
-- them but those about session, transaction and server; what is before them, and the SQLSTATE, stay.

UPDATE reportgen.report_run r
SET error = coalesce(substring(r.error FROM '^(.*?\m(?:primary|replica): )'), '') || 'words removed (SQLSTATE ' || r.error_sqlstate || ')'
WHERE r.error IS NOT NULL AND r.error_sqlstate IS NOT NULL
  AND r.error_sqlstate !~ '^(25|40|53|57|54001|54011|54023|55000)';

UPDATE reportgen.outcome o
SET error = coalesce(substring(o.error FROM '^(.*?\m(?:primary|replica): )'), '') || 'words removed '
  || substring(o.error FROM '\(SQLSTATE [0-9A-Z]{5}\)')
WHERE o.error ~ '\(SQLSTATE [0-9A-Z]{5}\)' AND o.error !~ '\(SQLSTATE (25...|40...|53...|57...|54001|54011|54023|55000)\)';
