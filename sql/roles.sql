-- Roles and grants: the store's two roles, and those of reportgen, each with only the rights that it needs.
--
-- Run as a superuser in the store's database, after sql/store/schema.sql; can be repeated:
--   psql -v ON_ERROR_STOP=1 --single-transaction -f sql/roles.sql
-- Existing roles are not changed. Sets no passwords: set them with \password, or use another method in pg_hba.conf.

set client_min_messages = warning;  -- no notices when it is repeated

do $$
declare
  wanted record;
begin
  for wanted in
    select * from (values
      -- The store's roles. The logins of people and programs are members of these.
      ('admin', 'nologin'),
      ('user', 'nologin'),
      -- Owns the summary tables, the ledger and the staging tables, so that reportgen can alter a table made by hand.
      ('reportgen_owner', 'nologin'),
      -- Logs in on the primary; has the rights of reportgen_owner after SET ROLE.
      ('reportgen_writer', 'login noinherit'),
      -- Logs in on the replica and reads.
      ('reportgen_reader', 'login'),
      -- Superset's dashboards.
      ('superset', 'login')
    ) as role (name, attributes)
  loop
    if not exists (select from pg_catalog.pg_roles where rolname = wanted.name) then
      execute pg_catalog.format('create role %I %s', wanted.name, wanted.attributes);
    end if;
  end loop;
end
$$;

grant reportgen_owner to reportgen_writer;
alter role reportgen_reader set default_transaction_read_only = on;

-- Only the roles named below can connect.
do $$
begin
  execute pg_catalog.format('revoke all on database %I from public', pg_catalog.current_database());
  execute pg_catalog.format('grant all on database %I to admin', pg_catalog.current_database());
  execute pg_catalog.format(
    'grant connect on database %I to "user", reportgen_writer, reportgen_reader, superset',
    pg_catalog.current_database());
end
$$;
revoke create on schema public from public;

-- The store's tables.
do $$
declare
  store_schema text;
begin
  foreach store_schema in array array[
    'categoriesschema', 'suppliersschema', 'manufacturersschema', 'customersschema', 'productsschema',
    'pricesschema', 'purchasesschema']
  loop
    execute pg_catalog.format('grant all on schema %I to admin', store_schema);
    execute pg_catalog.format('grant all on all tables in schema %I to admin', store_schema);
    execute pg_catalog.format('grant all on all sequences in schema %I to admin', store_schema);

    execute pg_catalog.format('grant usage on schema %I to "user"', store_schema);
    execute pg_catalog.format('grant select, insert, update, delete on all tables in schema %I to "user"', store_schema);

    execute pg_catalog.format('grant usage on schema %I to reportgen_reader', store_schema);
    execute pg_catalog.format('grant select on all tables in schema %I to reportgen_reader', store_schema);
  end loop;
end
$$;

-- The schemas of reportgen: summary tables, ledger, staging tables.
create schema if not exists reports authorization reportgen_owner;
create schema if not exists reportgen authorization reportgen_owner;
create schema if not exists reportgen_staging authorization reportgen_owner;

grant usage on schema reports, reportgen to reportgen_reader, superset;
grant select on all tables in schema reports, reportgen to reportgen_reader;

-- In every schema, because a summary table is created in reportgen_staging and keeps its rights when it moves to reports.
-- The reader has no USAGE on reportgen_staging, so it cannot read there.
alter default privileges for role reportgen_owner grant select on tables to reportgen_reader;

-- superset: SELECT on a summary table comes from the report's `grants`, on the ledger's views from the ledger's SQL.

reset client_min_messages;
