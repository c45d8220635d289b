-- reportgen's ledger: what ran, what is published, which files exist. Forward only: a released file never changes.
-- Run by `reportgen init` in one transaction, as the owner of schema reportgen, with search_path = pg_catalog.

CREATE TABLE reportgen.migration (
  version integer PRIMARY KEY,
  name text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE reportgen.migration IS 'Numbered files of sql/ledger that have been applied.';

CREATE TABLE reportgen.run (
  run_id uuid PRIMARY KEY,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  host text NOT NULL,
  process_id integer NOT NULL,
  version text NOT NULL,
  arguments text[] NOT NULL,
  exit_status integer,
  gates integer NOT NULL DEFAULT 0,
  CHECK ((finished_at IS NULL) = (exit_status IS NULL))
);
COMMENT ON TABLE reportgen.run IS 'One execution of the command: a batch of reports. Keyed by UUID, since sequences repeat after a restore.';
CREATE INDEX run_started_at ON reportgen.run (started_at);

CREATE TABLE reportgen.definition (
  fingerprint text PRIMARY KEY CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
  sql text NOT NULL,
  first_seen_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE reportgen.definition IS 'The SQL text of each fingerprint, so that a new parser version marks nothing as changed.';

CREATE TABLE reportgen.report_run (
  attempt_id uuid PRIMARY KEY,
  run_id uuid NOT NULL REFERENCES reportgen.run,
  report text NOT NULL,
  attempt integer NOT NULL CHECK (attempt > 0),
  state text NOT NULL CHECK (state IN ('running', 'published', 'confirmed', 'failed', 'abandoned', 'dry_run')),
  interval_starts date[] NOT NULL,
  interval_ends date[] NOT NULL,
  fingerprint text NOT NULL,
  lock_key bigint NOT NULL,
  as_of_position pg_lsn,
  as_of_time timestamptz,
  timeline integer,
  snapshot text,
  replica text,
  rows_read bigint,
  rows_inserted bigint,
  rows_updated bigint,
  rows_deleted bigint,
  rows_unchanged bigint,
  step_seconds jsonb NOT NULL DEFAULT '{}',
  error text,
  error_sqlstate text,
  started_at timestamptz NOT NULL DEFAULT now(),
  published_at timestamptz,
  finished_at timestamptz,
  CHECK (cardinality(interval_starts) = cardinality(interval_ends))
);
COMMENT ON TABLE reportgen.report_run IS 'One attempt at one report. A row left running by a dead process shows as abandoned in report_status.';
COMMENT ON COLUMN reportgen.report_run.as_of_position IS 'The rows hold everything that was committed on the primary before this WAL position.';
COMMENT ON COLUMN reportgen.report_run.lock_key IS 'The advisory lock that the attempt''s session holds as long as it lives.';
CREATE INDEX report_run_run_id ON reportgen.report_run (run_id);
CREATE INDEX report_run_report_started_at ON reportgen.report_run (report, started_at);
CREATE INDEX report_run_open ON reportgen.report_run (report) WHERE state = 'running';

CREATE TABLE reportgen.interval (
  report text NOT NULL,
  interval_start date NOT NULL,
  interval_end date NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'published', 'confirmed', 'expired')),
  attempt_id uuid NOT NULL REFERENCES reportgen.report_run,
  row_count bigint NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (report, interval_start),
  CHECK (interval_start < interval_end)
);
COMMENT ON TABLE reportgen.interval IS 'The newest state of each interval of each report; a report without a period has one interval from -infinity to infinity.';
CREATE INDEX interval_unconfirmed ON reportgen.interval (report) WHERE state = 'published';
CREATE INDEX interval_attempt_id ON reportgen.interval (attempt_id);

CREATE TABLE reportgen.export (
  report text NOT NULL,
  interval_start date NOT NULL,
  host text NOT NULL,
  folder text NOT NULL,
  attempt_id uuid NOT NULL REFERENCES reportgen.report_run,
  exported_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (report, interval_start, host, folder)
);
COMMENT ON TABLE reportgen.export IS 'Which files lie where: the attempt whose rows the folder on that host shows.';
CREATE INDEX export_attempt_id ON reportgen.export (attempt_id);

-- A lock is gone with its session, so a row that is called running and holds none was left by a dead process. Locks of
-- the primary are not seen on a replica: there the row is shown as it stands.
CREATE VIEW reportgen.report_history AS
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
FROM reportgen.report_run r;
COMMENT ON VIEW reportgen.report_history IS 'Every attempt, newest facts first by started_at.';

CREATE VIEW reportgen.report_status AS
SELECT n.report, i.interval_start, i.interval_end, i.state AS interval_state, i.row_count, i.published_at,
  p.as_of_time, now() - p.as_of_time AS freshness,
  h.state AS last_state, h.started_at AS last_started_at, h.finished_at AS last_finished_at, h.error AS last_error
FROM (SELECT report FROM reportgen.interval UNION SELECT report FROM reportgen.report_run) n
LEFT JOIN LATERAL (
  SELECT * FROM reportgen.interval i
  WHERE i.report = n.report AND i.state IN ('published', 'confirmed')
  ORDER BY i.interval_start DESC LIMIT 1) i ON true
LEFT JOIN reportgen.report_run p ON p.attempt_id = i.attempt_id
LEFT JOIN LATERAL (
  SELECT * FROM reportgen.report_history h WHERE h.report = n.report ORDER BY h.started_at DESC LIMIT 1) h ON true;
COMMENT ON VIEW reportgen.report_status IS 'Each report: its newest published interval and its last attempt.';
