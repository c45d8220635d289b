-- Passwords of the roles that connect over the network, and the rights that the cluster adds. Run it on the leader, in the
-- database "{{cluster.database}}", after the project's sql/roles.sql, and whenever a password has changed:
--   psql -X -v ON_ERROR_STOP=1 -d {{cluster.database}} -f /etc/patroni/logins.sql
set log_statement = none;
alter role reportgen_writer password '{{verifier.reportgen_writer}}';
alter role reportgen_reader password '{{verifier.reportgen_reader}}';
alter role superset password '{{verifier.superset}}';
-- State of replication and archiving, the size of pg_wal, and settings, for "reportgen doctor" and the timeline of a promoted server. Gives no
-- access to rows of tables.
grant pg_monitor to reportgen_reader;
