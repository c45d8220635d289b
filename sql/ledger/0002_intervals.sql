-- What a run chose and what became of each report of it; what a definition meant besides its SQL; expired intervals.

ALTER TABLE reportgen.run ADD COLUMN lock_key bigint;
COMMENT ON COLUMN reportgen.run.lock_key IS 'The advisory lock that the run''s session shares as long as it lives; null in runs of older versions.';

CREATE TABLE reportgen.outcome (
  run_id uuid NOT NULL REFERENCES reportgen.run,
  report text NOT NULL,
  state text NOT NULL CHECK (state IN ('selected', 'confirmed', 'published', 'up_to_date', 'exported', 'failed', 'skipped')),
  exit_status integer,
  error text,
  PRIMARY KEY (run_id, report),
  CHECK ((state = 'selected') = (exit_status IS NULL))
);
COMMENT ON TABLE reportgen.outcome IS 'What became of each report that a publishing run chose; selected until the run has come to an end with it.';
CREATE INDEX outcome_not_done ON reportgen.outcome (report) WHERE state IN ('failed', 'skipped');

ALTER TABLE reportgen.definition ADD COLUMN keys jsonb;
COMMENT ON COLUMN reportgen.definition.keys IS 'The metadata that change rows; null in definitions that only older versions ran.';

-- An expiry is an attempt that deletes rows instead of publishing some.
ALTER TABLE reportgen.report_run DROP CONSTRAINT report_run_state_check;
ALTER TABLE reportgen.report_run ADD CONSTRAINT report_run_state_check
  CHECK (state IN ('running', 'published', 'confirmed', 'failed', 'abandoned', 'dry_run', 'expired'));

CREATE OR REPLACE VIEW reportgen.report_history AS
SELECT r.run_id, r.attempt_id, r.report, r.attempt,
  CASE WHEN r.state = 'running' AND NOT pg_is_in_recovery() AND NOT EXISTS (
      SELECT FROM pg_locks l
      WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
        AND l.classid = ((r.lock_key >> 32) & 4294967295)::oid
        AND l.objid = (r.lock_key & 4294967295)::oid)
    THEN 'abandoned' ELSE r.state END AS state,
  r.interval_starts[1] AS first_interval_start, r.interval_ends[cardinality(r.interval_ends)] AS last_interval_end,
  cardinality(r.interval_starts) AS intervals,
  r.as_of_time, r.as_of_position, r.timeline, r.replica,
  r.rows_read, r.rows_inserted, r.rows_updated, r.rows_deleted, r.rows_unchanged,
  r.step_seconds, r.error, r.error_sqlstate, r.started_at, r.published_at, r.finished_at
FROM reportgen.report_run r
UNION ALL
SELECT o.run_id, NULL, o.report, NULL, o.state, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
  '{}', o.error, NULL, r.started_at, NULL, r.finished_at
FROM reportgen.outcome o JOIN reportgen.run r USING (run_id)
WHERE o.state IN ('failed', 'skipped')
  AND NOT EXISTS (SELECT FROM reportgen.report_run a WHERE a.run_id = o.run_id AND a.report = o.report);
COMMENT ON VIEW reportgen.report_history IS 'Every attempt, and every report that a run failed or skipped before it could try it.';

CREATE OR REPLACE VIEW reportgen.report_status AS
SELECT n.report, i.interval_start, i.interval_end, i.state AS interval_state, i.row_count, i.published_at,
  p.as_of_time, now() - p.as_of_time AS freshness,
  h.state AS last_state, h.started_at AS last_started_at, h.finished_at AS last_finished_at, h.error AS last_error,
  (SELECT count(*) FROM reportgen.interval e WHERE e.report = n.report AND e.state = 'expired') AS expired_intervals
FROM (SELECT report FROM reportgen.interval UNION SELECT report FROM reportgen.report_run) n
LEFT JOIN LATERAL (
  SELECT * FROM reportgen.interval i
  WHERE i.report = n.report AND i.state IN ('published', 'confirmed')
  ORDER BY i.interval_start DESC LIMIT 1) i ON true
LEFT JOIN reportgen.report_run p ON p.attempt_id = i.attempt_id
LEFT JOIN LATERAL (
  SELECT * FROM reportgen.report_history h WHERE h.report = n.report ORDER BY h.started_at DESC LIMIT 1) h ON true;
COMMENT ON VIEW reportgen.report_status IS 'Each report: its newest published interval and its last attempt.';
