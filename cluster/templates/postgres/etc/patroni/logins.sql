-- Passwords of those who log in over the network, and what the cluster adds to their rights. Run it on the leader, in the
-- database "{{cluster.database}}", after the project's sql/roles.sql, and whenever a password has changed:
--   psql -X -v ON_ERROR_STOP=1 -d {{cluster.database}} -f /etc/patroni/logins.sql
set log_statement = none;
alter role reportgen_writer password '{{verifier.reportgen_writer}}';
alter role reportgen_reader password '{{verifier.reportgen_reader}}';
alter role superset password '{{verifier.superset}}';
-- Replication, archiving and settings, for "reportgen doctor" and the timeline of a promoted server; no rows of anybody.
grant pg_read_all_stats, pg_read_all_settings to reportgen_reader;
