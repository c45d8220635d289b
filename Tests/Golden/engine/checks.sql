-- scan of three days
SELECT width_bucket(s."day", ARRAY['2026-01-01'::date, '2026-01-02'::date, '2026-01-03'::date,
  '2026-01-05'::date, '2026-01-06'::date]) AS bucket, count(*), count(*) FILTER
  (WHERE s."day" IS NULL), count(*) FILTER (WHERE s."currency" IS NULL), count(*) FILTER
  (WHERE s."amount" < '0'), count(*) FILTER (WHERE s."amount" < '-1' OR s."amount" > 'it''s'),
  count(*) FILTER (WHERE s."currency" NOT IN ('RUB', 'O''Neill')) FROM "reportgen_staging"."sale" s
  GROUP BY 1;

-- scan of the whole
SELECT 1 AS bucket, count(*), count(*) FILTER (WHERE s."day" IS NULL), count(*) FILTER
  (WHERE s."currency" IS NULL), count(*) FILTER (WHERE s."amount" < '0'), count(*) FILTER
  (WHERE s."amount" < '-1' OR s."amount" > 'it''s'), count(*) FILTER
  (WHERE s."currency" NOT IN ('RUB', 'O''Neill')) FROM "reportgen_staging"."sale" s GROUP BY 1;

-- offenders
SELECT DISTINCT s."id" FROM "reportgen_staging"."sale" s WHERE s."day" IS NULL ORDER BY 1 LIMIT 11;

-- offenders
SELECT DISTINCT s."id" FROM "reportgen_staging"."sale" s WHERE s."currency" IS NULL ORDER BY 1 LIMIT
  11;

-- offenders
SELECT DISTINCT s."id", s."amount" FROM "reportgen_staging"."sale" s WHERE s."amount" < '0' ORDER BY
  1, 2 LIMIT 11;

-- offenders
SELECT DISTINCT s."id", s."amount" FROM "reportgen_staging"."sale" s WHERE s."amount" < '-1' OR
  s."amount" > 'it''s' ORDER BY 1, 2 LIMIT 11;

-- offenders
SELECT DISTINCT s."id", s."currency" FROM "reportgen_staging"."sale" s WHERE s."currency" NOT IN
  ('RUB', 'O''Neill') ORDER BY 1, 2 LIMIT 11;

-- offenders without a key
no statement;

-- offenders without a key
no statement;

-- offenders without a key
SELECT DISTINCT s."amount" FROM "reportgen_staging"."sale" s WHERE s."amount" < '0' ORDER BY 1 LIMIT
  11;

-- duplicates
SELECT s."day", s."a b" FROM "reportgen_staging"."sale" s GROUP BY s."day", s."a b" HAVING count(*)
  > 1 ORDER BY s."day", s."a b" LIMIT 11;

-- orphans
SELECT DISTINCT s."currency" FROM "reportgen_staging"."sale" s WHERE s."currency" IS NOT NULL AND
  NOT EXISTS (SELECT FROM "reports"."c" t WHERE t."code" = s."currency") ORDER BY 1 LIMIT 11;

-- a check's own statement
SELECT * FROM (
select day from "reportgen_staging"."sale" where day > '2026-01-01'::date order by 1
) q LIMIT 11;

-- a check's own statement, one span of several
WITH reportgen_span AS (SELECT * FROM "reportgen_staging"."sale" WHERE "day" >= '2026-01-01'::date
  AND "day" < '2026-01-02'::date)
SELECT * FROM (
select day from reportgen_span where day > '2026-01-01'::date order by 1
) q LIMIT 11;
