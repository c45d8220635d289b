-- Which relation each report publishes to, which privileges reportgen granted there, which intervals failed, and what is
-- true of each report's last run: computed here once, for `reportgen status`, metrics and dashboards alike.

CREATE TABLE reportgen.relation (
  schema_name text NOT NULL,
  table_name text NOT NULL,
  report text NOT NULL,
  relation_oid oid NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (schema_name, table_name)
);
COMMENT ON TABLE reportgen.relation IS 'The summary tables and views that reports have published. The newest row of a report is where its rows are; relation_oid finds it after a rename, but not after a restore from a dump.';
CREATE INDEX relation_report ON reportgen.relation (report);

CREATE TABLE reportgen.privilege (
  schema_name text NOT NULL,
  table_name text NOT NULL,
  role text NOT NULL,
  privilege text NOT NULL,
  granted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (schema_name, table_name, role, privilege)
);
COMMENT ON TABLE reportgen.privilege IS 'Privileges on summary tables that reportgen granted: only these does it revoke when they leave materialize.grants.';

INSERT INTO reportgen.relation (schema_name, table_name, report, relation_oid)
SELECT DISTINCT ON (c.oid) n.nspname, c.relname, i.report, c.oid
FROM reportgen.interval i JOIN reportgen.report_run r USING (attempt_id) JOIN reportgen.definition d USING (fingerprint)
JOIN pg_class c ON c.oid = to_regclass(d.keys ->> 'table') JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE i.state <> 'expired'
ORDER BY c.oid, i.published_at DESC;

ALTER TABLE reportgen.report_run ADD COLUMN failed_interval_starts date[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN reportgen.report_run.failed_interval_starts IS 'First days of the intervals that an attempt which published others left out, since a check refused them.';
CREATE INDEX report_run_failed ON reportgen.report_run (report)
  WHERE state IN ('failed', 'abandoned') OR failed_interval_starts <> '{}';
CREATE INDEX outcome_report ON reportgen.outcome (report);

CREATE OR REPLACE VIEW reportgen.report_history AS
SELECT r.run_id, r.attempt_id, r.report, r.attempt,
  CASE WHEN r.state = 'running' AND NOT pg_is_in_recovery() AND NOT EXISTS (
      SELECT FROM pg_locks l
      WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
        AND l.classid = ((r.lock_key >> 32) & 4294967295)::oid
        AND l.objid = (r.lock_key & 4294967295)::oid)
    THEN 'abandoned'
    -- Some intervals are published, and others failed.
    WHEN r.state IN ('published', 'confirmed') AND r.error IS NOT NULL THEN 'failed'
    ELSE r.state END AS state,
  r.interval_starts[1] AS first_interval_start, r.interval_ends[cardinality(r.interval_ends)] AS last_interval_end,
  cardinality(r.interval_starts) AS intervals,
  r.as_of_time, r.as_of_position, r.timeline, r.replica,
  r.rows_read, r.rows_inserted, r.rows_updated, r.rows_deleted, r.rows_unchanged,
  r.step_seconds, r.error, r.error_sqlstate, r.started_at, r.published_at, r.finished_at,
  r.failed_interval_starts, NULL::integer AS exit_status
FROM reportgen.report_run r
UNION ALL
SELECT o.run_id, NULL, o.report, NULL, o.state, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
  '{}', o.error, NULL, r.started_at, NULL, r.finished_at, '{}', o.exit_status
FROM reportgen.outcome o JOIN reportgen.run r USING (run_id)
WHERE o.state IN ('failed', 'skipped')
  AND NOT EXISTS (SELECT FROM reportgen.report_run a WHERE a.run_id = o.run_id AND a.report = o.report);
COMMENT ON VIEW reportgen.report_history IS 'Every attempt, and every report that a run failed or skipped before it could try it. An attempt that published some intervals and failed others is failed.';

CREATE OR REPLACE VIEW reportgen.failure AS
SELECT h.report, h.run_id, h.attempt_id, h.started_at, h.first_interval_start, h.last_interval_end,
  h.error, h.error_sqlstate
FROM reportgen.report_history h
JOIN reportgen.run u USING (run_id)
LEFT JOIN reportgen.report_run r ON r.attempt_id = h.attempt_id
WHERE h.state IN ('failed', 'abandoned')
  -- What a run refused on the command line, or tried with other parameters, is no failure of the report. Runs of the
  -- first version have no outcomes, and no lock.
  AND h.exit_status IS DISTINCT FROM 64
  AND (u.lock_key IS NULL
    OR EXISTS (SELECT FROM reportgen.outcome o WHERE o.run_id = h.run_id AND o.report = h.report))
  AND NOT EXISTS (
    SELECT FROM reportgen.report_run later
    WHERE later.run_id = h.run_id AND later.report = h.report AND later.started_at > h.started_at
      AND later.interval_starts && r.interval_starts);
COMMENT ON VIEW reportgen.failure IS 'Attempts that failed, wholly or for some intervals, and that no later attempt of the same run made good.';

CREATE VIEW reportgen.failed_interval AS
SELECT DISTINCT ON (a.report, f.interval_start)
  a.report, f.interval_start, f.interval_end, a.run_id, a.started_at, a.error
FROM reportgen.report_run a
CROSS JOIN LATERAL unnest(a.interval_starts, a.interval_ends) f(interval_start, interval_end)
WHERE (a.state IN ('failed', 'abandoned') OR a.failed_interval_starts <> '{}')
  AND (a.state IN ('failed', 'abandoned') OR f.interval_start = ANY (a.failed_interval_starts))
  AND EXISTS (SELECT FROM reportgen.outcome o WHERE o.run_id = a.run_id AND o.report = a.report)
  AND NOT EXISTS (
    SELECT FROM reportgen.interval i
    WHERE i.report = a.report AND i.interval_start < f.interval_end AND i.interval_end > f.interval_start
      AND (i.published_at >= a.started_at OR i.state = 'expired'))
ORDER BY a.report, f.interval_start, a.started_at DESC;
COMMENT ON VIEW reportgen.failed_interval IS 'Intervals whose newest attempt failed: they are missing, or show the rows of an earlier attempt. A report without a period has one interval from -infinity to infinity.';

-- Runs that publish have an outcome for each report that they chose; dry runs and runs with other parameters have none.
CREATE VIEW reportgen.report_last_run AS
SELECT n.report, l.run_id, l.started_at, l.finished_at,
  CASE
    WHEN l.exit_status = 130 AND l.state <> 'failed' THEN 'interrupted'
    WHEN f.error IS NOT NULL THEN 'failed'
    WHEN l.state = 'selected' THEN
      CASE WHEN l.finished_at IS NOT NULL THEN 'skipped'
        -- Locks of the primary are not seen on a replica.
        WHEN pg_is_in_recovery() OR EXISTS (
          SELECT FROM pg_locks k
          WHERE k.locktype = 'advisory' AND k.granted AND k.objsubid = 1
            AND k.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
            AND k.classid = ((l.lock_key >> 32) & 4294967295)::oid
            AND k.objid = (l.lock_key & 4294967295)::oid) THEN 'running'
        ELSE 'abandoned' END
    WHEN EXISTS (
      SELECT FROM reportgen.report_history h
      WHERE h.run_id = l.run_id AND h.report = n.report AND h.state = 'running') THEN 'running'
    WHEN l.exit_status = 0 OR l.state IN ('skipped', 'failed') OR (l.state = 'published' AND l.exit_status = 75)
      THEN l.state
    ELSE 'failed'
  END AS state,
  coalesce(l.error, f.error) AS error, l.exit_status
FROM (SELECT DISTINCT report FROM reportgen.outcome) n
CROSS JOIN LATERAL (
  SELECT o.run_id, o.state, o.exit_status, o.error, u.started_at, u.finished_at, u.lock_key
  FROM reportgen.outcome o JOIN reportgen.run u USING (run_id)
  WHERE o.report = n.report AND o.exit_status IS DISTINCT FROM 64
  ORDER BY u.started_at DESC, o.run_id LIMIT 1) l
LEFT JOIN LATERAL (
  SELECT coalesce(f.error, f.error_sqlstate, 'no reason is known') AS error FROM reportgen.failure f
  WHERE f.report = n.report AND f.run_id = l.run_id AND f.attempt_id IS NOT NULL ORDER BY f.started_at LIMIT 1) f ON true;
COMMENT ON VIEW reportgen.report_last_run IS 'The worst that is true of each report''s last run that published. Runs that refused the report''s options do not count.';

CREATE OR REPLACE VIEW reportgen.report_status AS
SELECT n.report, i.interval_start, i.interval_end, i.state AS interval_state, i.row_count, i.published_at,
  p.as_of_time, now() - p.as_of_time AS freshness,
  l.state AS last_state, l.started_at AS last_started_at, l.finished_at AS last_finished_at, l.error AS last_error,
  (SELECT count(*) FROM reportgen.interval e WHERE e.report = n.report AND e.state = 'expired') AS expired_intervals,
  (SELECT count(*) FROM reportgen.failed_interval e WHERE e.report = n.report) AS failed_intervals
FROM (SELECT report FROM reportgen.interval UNION SELECT report FROM reportgen.report_last_run) n
LEFT JOIN LATERAL (
  SELECT * FROM reportgen.interval i
  WHERE i.report = n.report AND i.state IN ('published', 'confirmed')
  ORDER BY i.interval_start DESC LIMIT 1) i ON true
LEFT JOIN reportgen.report_run p ON p.attempt_id = i.attempt_id
LEFT JOIN reportgen.report_last_run l ON l.report = n.report;
COMMENT ON VIEW reportgen.report_status IS 'Each report: its newest published interval, its last run, and how many intervals failed.';

CREATE OR REPLACE VIEW reportgen.report_health AS
SELECT s.report, s.interval_start, s.interval_end, s.interval_state, s.row_count, s.as_of_time,
  extract(epoch FROM s.freshness)::double precision AS freshness_seconds,
  l.run_id AS last_run_id, l.started_at AS last_started_at, l.state AS last_state, l.error AS last_error,
  r.duration_seconds AS last_duration_seconds, r.rows_read AS last_rows_read, r.rows_changed AS last_rows_changed,
  c.failed_runs_7_days, c.failed_runs_30_days, d.runs_30_days, d.average_duration_seconds,
  s.failed_intervals,
  (SELECT min(f.interval_start) FROM reportgen.failed_interval f WHERE f.report = s.report) AS first_failed_interval,
  t.relation_oid IS NOT NULL AND NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = t.schema_name AND c.relname = t.table_name) AS is_table_missing
FROM reportgen.report_status s
LEFT JOIN reportgen.report_last_run l ON l.report = s.report
LEFT JOIN LATERAL (
  SELECT * FROM reportgen.relation t WHERE t.report = s.report AND s.interval_start IS NOT NULL
  ORDER BY t.recorded_at DESC LIMIT 1) t ON true
-- A run that found nothing to do has no attempt: how long it took and what it changed is that of the last one that had.
LEFT JOIN LATERAL (
  SELECT h.run_id FROM reportgen.report_history h
  WHERE h.report = s.report AND h.state NOT IN ('dry_run', 'expired')
  ORDER BY h.started_at DESC LIMIT 1) w ON true
CROSS JOIN LATERAL (
  SELECT extract(epoch FROM max(h.finished_at) - min(h.started_at))::double precision AS duration_seconds,
    sum(h.rows_read)::bigint AS rows_read,
    sum(h.rows_inserted + h.rows_updated + h.rows_deleted)::bigint AS rows_changed
  FROM reportgen.report_history h
  WHERE h.report = s.report AND h.run_id = w.run_id AND h.state NOT IN ('dry_run', 'expired')) r
CROSS JOIN LATERAL (
  SELECT count(DISTINCT f.run_id) FILTER (WHERE f.started_at >= now() - interval '7 days') AS failed_runs_7_days,
    count(DISTINCT f.run_id) AS failed_runs_30_days
  FROM reportgen.failure f WHERE f.report = s.report AND f.started_at >= now() - interval '30 days') c
CROSS JOIN LATERAL (
  SELECT count(*) AS runs_30_days,
    avg(extract(epoch FROM g.finished_at - g.started_at)) FILTER (WHERE g.is_published)::double precision
      AS average_duration_seconds
  FROM (
    SELECT min(h.started_at) AS started_at, max(h.finished_at) AS finished_at,
      bool_or(h.published_at IS NOT NULL) AS is_published
    FROM reportgen.report_history h
    WHERE h.report = s.report AND h.started_at >= now() - interval '30 days' AND h.state NOT IN ('dry_run', 'expired')
    GROUP BY h.run_id) g) d;
COMMENT ON VIEW reportgen.report_health IS 'Each report: how fresh its rows are, how its last run went, which intervals failed, and how it went in the last 30 days. Dry runs do not count.';
