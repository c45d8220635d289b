-- Rows to report on: six columns of mixed types, about 65 bytes a row as text, nulls in two of them.
--
--   psql -v ON_ERROR_STOP=1 -v many=10000000 -v million=1000000 -v page=100000 -f bench/rows.sql

create schema bench;
grant usage on schema bench to reportgen_reader, reportgen_owner;
alter default privileges in schema bench grant select on tables to reportgen_reader;

create table bench.many as
select
  id::integer as id,
  date '2024-01-01' + (id % 1000)::integer as day,
  (hashint8(id) & 65535) as product_id,
  'product ' || (hashint8(id) & 1023) as product,
  case when id % 50 > 0 then ((hashint8extended(id, 1) & 9999999)::numeric / 100)::numeric(12, 2) end as amount,
  case when id % 10 > 0 then 'a remark of some length ' || (id % 977) end as note
from generate_series(1, :many) as id;

create table bench.million as select * from bench.many limit :million;
create table bench.page as select * from bench.many limit :page;
create table bench.small as select * from bench.many limit 10000;

vacuum (freeze, analyze) bench.many, bench.million, bench.page, bench.small;
