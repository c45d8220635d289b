-- The roles that the cluster needs. The passwords are SCRAM verifiers, which cannot be used to log in.
set log_statement = none;
create role replicator login replication password '{{verifier.replicator}}';
create role rewind_user login password '{{verifier.rewind_user}}';
grant execute on function
  pg_catalog.pg_ls_dir(text, boolean, boolean), pg_catalog.pg_stat_file(text, boolean),
  pg_catalog.pg_read_binary_file(text), pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean)
  to rewind_user;
