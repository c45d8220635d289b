-- Roles and rights that reportgen needs and does not have; see docs/security.md. Sets no passwords.
-- Run once on the primary, as a superuser of database DATABASE:
--   psql -v ON_ERROR_STOP=1 --single-transaction -f roles.sql

-- reportgen_reader may use schema public
grant usage on schema "public" to "reportgen_reader";

-- reportgen_reader may read public.Invoice
grant select on "public"."Invoice" to "reportgen_reader";
