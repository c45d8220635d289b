-- How each report and each run is doing, for dashboards and alerts: views over the ledger, nothing is stored. What a run
-- was called with stays out of them, since values of parameters are none of a dashboard's business.

CREATE VIEW reportgen.failure AS
SELECT h.report, h.run_id, h.attempt_id, h.started_at, h.first_interval_start, h.last_interval_end,
  h.error, h.error_sqlstate
FROM reportgen.report_history h
LEFT JOIN reportgen.report_run r ON r.attempt_id = h.attempt_id
-- An attempt whose checks refused some intervals has published the others, and says why not all of them.
WHERE (h.state IN ('failed', 'abandoned') OR (h.state IN ('published', 'confirmed') AND h.error IS NOT NULL))
  AND NOT EXISTS (
    SELECT FROM reportgen.report_run later
    WHERE later.run_id = h.run_id AND later.report = h.report AND later.started_at > h.started_at
      AND later.interval_starts && r.interval_starts);
COMMENT ON VIEW reportgen.failure IS 'Attempts that failed, wholly or for some intervals, and that no later attempt of the same run made good.';

CREATE VIEW reportgen.report_health AS
SELECT n.report, s.interval_start, s.interval_end, s.interval_state, s.row_count, s.as_of_time,
  extract(epoch FROM s.freshness)::double precision AS freshness_seconds,
  l.run_id AS last_run_id, l.started_at AS last_started_at,
  CASE WHEN f.error IS NULL THEN l.state ELSE 'failed' END AS last_state, coalesce(f.error, l.error) AS last_error,
  r.duration_seconds AS last_duration_seconds, r.rows_read AS last_rows_read, r.rows_changed AS last_rows_changed,
  c.failed_runs_7_days, c.failed_runs_30_days, d.runs_30_days, d.average_duration_seconds
-- A report that no run got as far as to try is not in report_status.
FROM (SELECT report FROM reportgen.report_status UNION SELECT report FROM reportgen.outcome) n
LEFT JOIN reportgen.report_status s USING (report)
LEFT JOIN LATERAL (
  SELECT h.run_id, h.started_at, h.state, h.error FROM reportgen.report_history h
  WHERE h.report = n.report AND h.state NOT IN ('dry_run', 'expired')
  ORDER BY h.started_at DESC LIMIT 1) l ON true
LEFT JOIN LATERAL (
  SELECT coalesce(f.error, f.error_sqlstate, 'no reason is known') AS error FROM reportgen.failure f
  WHERE f.report = n.report AND f.run_id = l.run_id ORDER BY f.started_at LIMIT 1) f ON true
CROSS JOIN LATERAL (
  SELECT extract(epoch FROM max(h.finished_at) - min(h.started_at))::double precision AS duration_seconds,
    sum(h.rows_read)::bigint AS rows_read,
    sum(h.rows_inserted + h.rows_updated + h.rows_deleted)::bigint AS rows_changed
  FROM reportgen.report_history h
  WHERE h.report = n.report AND h.run_id = l.run_id AND h.state NOT IN ('dry_run', 'expired')) r
CROSS JOIN LATERAL (
  SELECT count(DISTINCT f.run_id) FILTER (WHERE f.started_at >= now() - interval '7 days') AS failed_runs_7_days,
    count(DISTINCT f.run_id) AS failed_runs_30_days
  FROM reportgen.failure f WHERE f.report = n.report AND f.started_at >= now() - interval '30 days') c
CROSS JOIN LATERAL (
  SELECT count(*) AS runs_30_days,
    avg(extract(epoch FROM g.finished_at - g.started_at)) FILTER (WHERE g.is_published)::double precision
      AS average_duration_seconds
  FROM (
    SELECT min(h.started_at) AS started_at, max(h.finished_at) AS finished_at,
      bool_or(h.state IN ('published', 'confirmed')) AS is_published
    FROM reportgen.report_history h
    WHERE h.report = n.report AND h.started_at >= now() - interval '30 days' AND h.state NOT IN ('dry_run', 'expired')
    GROUP BY h.run_id) g) d;
COMMENT ON VIEW reportgen.report_health IS 'Each report: how fresh its rows are, how its last run went, and how it went in the last 30 days. Dry runs do not count.';

CREATE VIEW reportgen.run_health AS
SELECT u.run_id, u.started_at, u.finished_at,
  extract(epoch FROM u.finished_at - u.started_at)::double precision AS duration_seconds,
  CASE u.exit_status
    WHEN 0 THEN 'done' WHEN 1 THEN 'failed' WHEN 64 THEN 'wrong usage' WHEN 65 THEN 'wrong definition'
    WHEN 69 THEN 'no server' WHEN 70 THEN 'bug' WHEN 75 THEN 'try again' WHEN 130 THEN 'interrupted'
    -- Locks of the primary are not seen on a replica.
    ELSE CASE WHEN u.lock_key IS NULL OR pg_is_in_recovery() THEN 'unfinished'
      WHEN EXISTS (
        SELECT FROM pg_locks l
        WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
          AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
          AND l.classid = ((u.lock_key >> 32) & 4294967295)::oid
          AND l.objid = (u.lock_key & 4294967295)::oid) THEN 'running'
      ELSE 'abandoned' END
  END AS state,
  u.exit_status, u.host, u.version, h.reports, f.failed_reports, h.rows_read, h.rows_inserted, h.rows_updated,
  h.rows_deleted
FROM reportgen.run u
CROSS JOIN LATERAL (
  SELECT count(DISTINCT h.report) AS reports, coalesce(sum(h.rows_read), 0)::bigint AS rows_read,
    coalesce(sum(h.rows_inserted), 0)::bigint AS rows_inserted,
    coalesce(sum(h.rows_updated), 0)::bigint AS rows_updated,
    coalesce(sum(h.rows_deleted), 0)::bigint AS rows_deleted
  FROM reportgen.report_history h WHERE h.run_id = u.run_id) h
CROSS JOIN LATERAL (
  SELECT count(DISTINCT f.report) AS failed_reports FROM reportgen.failure f WHERE f.run_id = u.run_id) f;
COMMENT ON VIEW reportgen.run_health IS 'Each run: how long it took, how it ended, how many reports it tried and how many of them failed.';
