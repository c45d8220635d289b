-- Rows of other servers, for which no as-of holds.

ALTER TABLE reportgen.report_run ADD COLUMN as_of_unproven text[];
COMMENT ON COLUMN reportgen.report_run.as_of_unproven IS 'What the attempt read of other servers, which its as-of does not hold for; null: nothing.';

-- Advisory locks can be taken by any role, so that a run's exclusion is a row, which only the ledger's owner can write.
-- Not logged: sessions do not outlive their server, and a lock is worth no wait for a replica.
CREATE UNLOGGED TABLE reportgen.report_lock (
  lock_key bigint PRIMARY KEY,
  pid integer NOT NULL,
  role oid NOT NULL,
  session_key bigint NOT NULL,
  run_id uuid,
  taken_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE reportgen.report_lock IS 'Which session of which run is at work on which summary table. A row counts as long as that session lives: it holds the advisory lock session_key, which its role took when it began.';

-- Another role's lock of that key makes no dead run look alive.
DO $$
DECLARE
  name regclass;
BEGIN
  FOREACH name IN ARRAY ARRAY['reportgen.report_history', 'reportgen.run_health']::regclass[] LOOP
    EXECUTE format('CREATE OR REPLACE VIEW %s AS %s', name, replace(pg_get_viewdef(name), 'l.granted',
      'l.granted AND EXISTS (SELECT FROM pg_stat_activity a, pg_class c WHERE a.pid = l.pid'
      ' AND c.oid = ''reportgen.run''::regclass AND (pg_has_role(a.usesysid, c.relowner, ''MEMBER'')'
      ' OR has_table_privilege(a.usesysid, c.oid, ''UPDATE'')))'));
  END LOOP;
END $$;
