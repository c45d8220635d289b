-- Whether a run is alive is asked of few rows, and its plan cost more than the rest of the views that ask it: a function
-- is planned when it is called.

-- SET keeps the function from being inlined, which would plan it with every query. Another role's lock of that key makes
-- no dead run look alive. Locks of the primary are not seen on a replica.
CREATE OR REPLACE FUNCTION reportgen.run_lives(lock_key bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
SELECT pg_is_in_recovery() OR EXISTS (
  SELECT FROM pg_locks l
  WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
    AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
    AND l.classid = ((lock_key >> 32) & 4294967295)::oid AND l.objid = (lock_key & 4294967295)::oid
    AND EXISTS (
      SELECT FROM pg_stat_activity a, pg_class c
      WHERE a.pid = l.pid AND c.oid = 'reportgen.run'::regclass
        AND (pg_has_role(a.usesysid, c.relowner, 'MEMBER') OR has_table_privilege(a.usesysid, c.oid, 'UPDATE'))));
END;
COMMENT ON FUNCTION reportgen.run_lives IS 'Whether a session holds the lock of this run or attempt; always true on a replica, which does not see the primary''s locks.';
GRANT EXECUTE ON FUNCTION reportgen.run_lives TO PUBLIC;

CREATE OR REPLACE VIEW reportgen.report_history AS
SELECT r.run_id, r.attempt_id, r.report, r.attempt,
  CASE WHEN r.state = 'running' AND NOT reportgen.run_lives(r.lock_key)
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

-- Runs that publish have an outcome for each report that they chose; dry runs and runs with other parameters have none.
CREATE OR REPLACE VIEW reportgen.report_last_run AS
SELECT n.report, l.run_id, l.started_at, l.finished_at,
  CASE
    WHEN l.exit_status = 130 AND l.state <> 'failed' THEN 'interrupted'
    -- Its process died; what was tried until then is its history.
    WHEN l.state = 'selected' AND l.finished_at IS NULL AND NOT reportgen.run_lives(l.lock_key) THEN 'abandoned'
    WHEN f.error IS NOT NULL THEN 'failed'
    WHEN l.state = 'selected' THEN
      CASE WHEN l.finished_at IS NULL THEN 'running' ELSE 'skipped' END
    WHEN EXISTS (
      SELECT FROM reportgen.report_run r
      WHERE r.run_id = l.run_id AND r.report = n.report AND r.state = 'running' AND reportgen.run_lives(r.lock_key)) THEN 'running'
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
-- The attempts of reportgen.failure, whose reports have an outcome here.
LEFT JOIN LATERAL (
  SELECT coalesce(r.error, r.error_sqlstate,
      CASE WHEN r.state IN ('running', 'abandoned') THEN 'the process ended before the attempt did' END,
      'no reason is known') AS error
  FROM reportgen.report_run r
  WHERE r.report = n.report AND r.run_id = l.run_id
    AND (r.state IN ('failed', 'abandoned') OR (r.state IN ('published', 'confirmed') AND r.error IS NOT NULL)
      OR (r.state = 'running' AND NOT reportgen.run_lives(r.lock_key)))
    AND NOT EXISTS (
      SELECT FROM reportgen.report_run later
      WHERE later.run_id = r.run_id AND later.report = r.report AND later.started_at > r.started_at
        AND later.interval_starts && r.interval_starts)
  ORDER BY r.started_at LIMIT 1) f ON true;
COMMENT ON VIEW reportgen.report_last_run IS 'The worst that is true of each report''s last run that published. Runs that refused the report''s options do not count.';

CREATE OR REPLACE VIEW reportgen.run_health AS
SELECT u.run_id, u.started_at, u.finished_at,
  extract(epoch FROM u.finished_at - u.started_at)::double precision AS duration_seconds,
  CASE u.exit_status
    WHEN 0 THEN 'done' WHEN 1 THEN 'failed' WHEN 64 THEN 'wrong usage' WHEN 65 THEN 'wrong definition'
    WHEN 69 THEN 'no server' WHEN 70 THEN 'bug' WHEN 75 THEN 'try again' WHEN 130 THEN 'interrupted'
    -- Locks of the primary are not seen on a replica.
    ELSE CASE WHEN u.lock_key IS NULL OR pg_is_in_recovery() THEN 'unfinished'
      WHEN reportgen.run_lives(u.lock_key) THEN 'running'
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
