-- a table
COPY (
WITH compared AS MATERIALIZED (
  SELECT c."kind", c."bucket", CASE WHEN c."kind" < '0' THEN c."old_place" END AS "old_place", CASE
    WHEN c."kind" < '0' THEN c."old_writer" END AS "old_writer", CASE WHEN c."kind" < '0' THEN
    c."day" END AS "day", CASE WHEN c."kind" < '0' THEN c."currency" END AS "currency", CASE WHEN
    c."kind" < '0' THEN c."Сумма ""₽""" END AS "Сумма ""₽""", CASE WHEN c."kind" < '0' THEN
    c."share" END AS "share"
  FROM (SELECT (CASE WHEN s."is_new" IS NULL THEN CASE WHEN t."is_deletable" THEN '-' ELSE 'k' END
    WHEN t."old_place" IS NULL THEN '+'
    WHEN (t."day" IS DISTINCT FROM s."day" OR t."currency" IS DISTINCT FROM s."currency" COLLATE "C"
      OR t."Сумма ""₽""" IS DISTINCT FROM s."Сумма ""₽""" OR ROW(t."share")::record *<>
      ROW(s."share")::record) THEN '*' ELSE '=' END)::"char" AS "kind", 1 AS "bucket",
      t."old_place", t."old_writer", s."day", s."currency", s."Сумма ""₽""", s."share"
    FROM (SELECT t.ctid AS "old_place", t.xmin AS "old_writer", true AS "is_deletable", t."day",
      t."currency", t."Сумма ""₽""", t."share"
      FROM "reports"."sale" t) t
    FULL JOIN (SELECT true AS "is_new", q."day", q."currency", q."Сумма ""₽""", q."share" FROM (
select day from src.sale where day >= :start and day < :end
) q ORDER BY q."currency") s ON coalesce(t."currency", '') = coalesce(s."currency", '') AND
  (t."currency" IS NULL) = (s."currency" IS NULL)
    OFFSET 0) c)
SELECT c."kind", c."old_place", c."old_writer", NULL::bigint[], c."day", c."currency",
  c."Сумма ""₽""", c."share" FROM compared c
WHERE c."kind" < '0'
UNION ALL SELECT 'i', NULL, NULL, ARRAY[c."bucket", count(*) FILTER
  (WHERE c."kind" IN ('+', '*', '=')), count(*) FILTER (WHERE c."kind" = '+'), count(*) FILTER
  (WHERE c."kind" = '*'), count(*) FILTER (WHERE c."kind" = '-'), count(*) FILTER
  (WHERE c."kind" = 'k'), count(*) FILTER (WHERE c."kind" = '=')]::bigint[], NULL, NULL, NULL, NULL
  FROM compared c GROUP BY c."bucket"
UNION ALL SELECT 't', NULL, NULL, ARRAY[(SELECT count(*) FROM "reports"."sale" t), NULL]::bigint[],
  NULL, NULL, NULL, NULL
) TO STDOUT (FORMAT binary);
SELECT d."counts"[1] AS bucket, coalesce(sum(d."counts"[2]), 0)::bigint,
  coalesce(sum(d."counts"[3]), 0)::bigint, coalesce(sum(d."counts"[4]), 0)::bigint,
  coalesce(sum(d."counts"[5]), 0)::bigint, coalesce(sum(d."counts"[6]), 0)::bigint,
  coalesce(sum(d."counts"[7]), 0)::bigint FROM "reportgen_staging"."sale" d WHERE d."kind" = 'i'
  GROUP BY 1;
SELECT count(*) AS queries, coalesce(sum(d."counts"[1]), 0)::bigint AS published,
  coalesce(sum(coalesce(d."counts"[2], d."counts"[1])), 0)::bigint AS deletable FROM
  "reportgen_staging"."sale" d WHERE d."kind" = 't';
DELETE FROM "reports"."sale" t USING "reportgen_staging"."sale" d WHERE d."kind" = '-' AND t.ctid =
  d."old_place" AND t.xmin = d."old_writer";
UPDATE "reports"."sale" t SET "day" = d."day", "currency" = d."currency", "Сумма ""₽""" =
  d."Сумма ""₽""", "share" = d."share" FROM "reportgen_staging"."sale" d WHERE d."kind" = '*' AND
  t.ctid = d."old_place" AND t.xmin = d."old_writer";
INSERT INTO "reports"."sale" ("day", "currency", "Сумма ""₽""", "share") SELECT d."day",
  d."currency", d."Сумма ""₽""", d."share" FROM "reportgen_staging"."sale" d WHERE d."kind" = '+';

-- intervals
COPY (
WITH compared AS MATERIALIZED (
  SELECT c."kind", c."bucket", c."broken_1", c."broken_2", CASE WHEN c."kind" < '0' THEN
    c."old_place" END AS "old_place", CASE WHEN c."kind" < '0' THEN c."old_writer" END AS
    "old_writer", CASE WHEN c."kind" < '0' THEN c."day" END AS "day", CASE WHEN c."kind" < '0' THEN
    c."currency" END AS "currency", CASE WHEN c."kind" < '0' THEN c."Сумма ""₽""" END AS
    "Сумма ""₽""", CASE WHEN c."kind" < '0' THEN c."share" END AS "share"
  FROM (SELECT (CASE WHEN s."is_new" IS NULL THEN CASE WHEN t."is_deletable" THEN '-' ELSE 'k' END
    WHEN t."old_place" IS NULL THEN '+'
    WHEN (t."day" IS DISTINCT FROM s."day" OR t."currency" IS DISTINCT FROM s."currency" COLLATE "C"
      OR t."Сумма ""₽""" IS DISTINCT FROM s."Сумма ""₽""" OR ROW(t."share")::record *<>
      ROW(s."share")::record) THEN '*' ELSE '=' END)::"char" AS "kind",
      width_bucket(s."day", ARRAY['2026-01-01'::date, '2026-01-02'::date, '2026-01-03'::date,
      '2026-01-05'::date, '2026-01-06'::date]) AS "bucket", s."is_new" AND (s."day" IS NULL) AS
      "broken_1", s."is_new" AND (s."share" < '0') AS "broken_2", t."old_place", t."old_writer",
      s."day", s."currency", s."Сумма ""₽""", s."share"
    FROM (SELECT t.ctid AS "old_place", t.xmin AS "old_writer",
      (t."day" >= '2026-01-01'::date AND t."day" < '2026-01-02'::date) AS "is_deletable", t."day",
      t."currency", t."Сумма ""₽""", t."share"
      FROM "reports"."sale" t WHERE
        (t."day" >= '2026-01-01'::date AND t."day" < '2026-01-02'::date)) t
    FULL JOIN (SELECT true AS "is_new", q."day", q."currency", q."Сумма ""₽""", q."share" FROM (
select day from src.sale where day >= '2026-01-01'::date and day < '2026-01-02'::date
) q) s ON t."day" = s."day" AND coalesce(t."currency", '') = coalesce(s."currency", '') AND
  (t."currency" IS NULL) = (s."currency" IS NULL)
    OFFSET 0) c)
SELECT c."kind", c."old_place", c."old_writer", NULL::bigint[], c."day", c."currency",
  c."Сумма ""₽""", c."share" FROM compared c
WHERE c."kind" < '0'
UNION ALL SELECT 'i', NULL, NULL, ARRAY[c."bucket", count(*) FILTER
  (WHERE c."kind" IN ('+', '*', '=')), count(*) FILTER (WHERE c."broken_1"), count(*) FILTER
  (WHERE c."broken_2"), count(*) FILTER (WHERE c."kind" = '+'), count(*) FILTER
  (WHERE c."kind" = '*'), count(*) FILTER (WHERE c."kind" = '-'), count(*) FILTER
  (WHERE c."kind" = 'k'), count(*) FILTER (WHERE c."kind" = '=')]::bigint[], NULL, NULL, NULL, NULL
  FROM compared c GROUP BY c."bucket"
UNION ALL SELECT 't', NULL, NULL, ARRAY[(SELECT count(*) FROM "reports"."sale" t WHERE
  (t."day" >= '2026-01-01'::date AND t."day" < '2026-01-02'::date)), NULL]::bigint[], NULL, NULL,
  NULL, NULL
) TO STDOUT (FORMAT binary);
SELECT d."counts"[1] AS bucket, coalesce(sum(d."counts"[2]), 0)::bigint,
  coalesce(sum(d."counts"[3]), 0)::bigint, coalesce(sum(d."counts"[4]), 0)::bigint,
  coalesce(sum(d."counts"[5]), 0)::bigint, coalesce(sum(d."counts"[6]), 0)::bigint,
  coalesce(sum(d."counts"[7]), 0)::bigint, coalesce(sum(d."counts"[8]), 0)::bigint,
  coalesce(sum(d."counts"[9]), 0)::bigint FROM "reportgen_staging"."sale" d WHERE d."kind" = 'i'
  GROUP BY 1;
SELECT count(*) AS queries, coalesce(sum(d."counts"[1]), 0)::bigint AS published,
  coalesce(sum(coalesce(d."counts"[2], d."counts"[1])), 0)::bigint AS deletable FROM
  "reportgen_staging"."sale" d WHERE d."kind" = 't';
DELETE FROM "reports"."sale" t USING "reportgen_staging"."sale" d WHERE d."kind" = '-' AND t.ctid =
  d."old_place" AND t.xmin = d."old_writer";
UPDATE "reports"."sale" t SET "day" = d."day", "currency" = d."currency", "Сумма ""₽""" =
  d."Сумма ""₽""", "share" = d."share" FROM "reportgen_staging"."sale" d WHERE d."kind" = '*' AND
  t.ctid = d."old_place" AND t.xmin = d."old_writer";
INSERT INTO "reports"."sale" ("day", "currency", "Сумма ""₽""", "share") SELECT d."day",
  d."currency", d."Сумма ""₽""", d."share" FROM "reportgen_staging"."sale" d WHERE d."kind" = '+';

-- a merge
COPY (
WITH compared AS MATERIALIZED (
  SELECT c."kind", c."bucket", CASE WHEN c."kind" < '0' THEN c."old_place" END AS "old_place", CASE
    WHEN c."kind" < '0' THEN c."old_writer" END AS "old_writer", CASE WHEN c."kind" < '0' THEN
    c."day" END AS "day", CASE WHEN c."kind" < '0' THEN c."currency" END AS "currency", CASE WHEN
    c."kind" < '0' THEN c."Сумма ""₽""" END AS "Сумма ""₽""", CASE WHEN c."kind" < '0' THEN
    c."share" END AS "share"
  FROM (SELECT (CASE WHEN s."is_new" IS NULL THEN CASE WHEN t."is_deletable" THEN '-' ELSE 'k' END
    WHEN t."old_place" IS NULL THEN '+'
    WHEN (t."day" IS DISTINCT FROM s."day" OR t."currency" IS DISTINCT FROM s."currency" COLLATE "C"
      OR t."Сумма ""₽""" IS DISTINCT FROM s."Сумма ""₽""" OR ROW(t."share")::record *<>
      ROW(s."share")::record) THEN '*' ELSE '=' END)::"char" AS "kind", 1 AS "bucket",
      t."old_place", t."old_writer", s."day", s."currency", s."Сумма ""₽""", s."share"
    FROM (SELECT t.ctid AS "old_place", t.xmin AS "old_writer", false AS "is_deletable", t."day",
      t."currency", t."Сумма ""₽""", t."share"
      FROM "reports"."sale" t) t
    FULL JOIN (SELECT true AS "is_new", q."day", q."currency", q."Сумма ""₽""", q."share" FROM (
select day from src.sale where day >= '2026-01-01'::date and day < '2026-01-02'::date
) q) s ON coalesce(t."currency", '') = coalesce(s."currency", '') AND (t."currency" IS NULL) =
  (s."currency" IS NULL)
    OFFSET 0) c)
SELECT c."kind", c."old_place", c."old_writer", NULL::bigint[], c."day", c."currency",
  c."Сумма ""₽""", c."share" FROM compared c
WHERE c."kind" < '0'
UNION ALL SELECT 'i', NULL, NULL, ARRAY[c."bucket", count(*) FILTER
  (WHERE c."kind" IN ('+', '*', '=')), count(*) FILTER (WHERE c."kind" = '+'), count(*) FILTER
  (WHERE c."kind" = '*'), count(*) FILTER (WHERE c."kind" = '-'), count(*) FILTER
  (WHERE c."kind" = 'k'), count(*) FILTER (WHERE c."kind" = '=')]::bigint[], NULL, NULL, NULL, NULL
  FROM compared c GROUP BY c."bucket"
UNION ALL SELECT 't', NULL, NULL, ARRAY[(SELECT count(*) FROM "reports"."sale" t), 0]::bigint[],
  NULL, NULL, NULL, NULL
) TO STDOUT (FORMAT binary);
SELECT d."counts"[1] AS bucket, coalesce(sum(d."counts"[2]), 0)::bigint,
  coalesce(sum(d."counts"[3]), 0)::bigint, coalesce(sum(d."counts"[4]), 0)::bigint,
  coalesce(sum(d."counts"[5]), 0)::bigint, coalesce(sum(d."counts"[6]), 0)::bigint,
  coalesce(sum(d."counts"[7]), 0)::bigint FROM "reportgen_staging"."sale" d WHERE d."kind" = 'i'
  GROUP BY 1;
SELECT count(*) AS queries, coalesce(sum(d."counts"[1]), 0)::bigint AS published,
  coalesce(sum(coalesce(d."counts"[2], d."counts"[1])), 0)::bigint AS deletable FROM
  "reportgen_staging"."sale" d WHERE d."kind" = 't';
DELETE FROM "reports"."sale" t USING "reportgen_staging"."sale" d WHERE d."kind" = '-' AND t.ctid =
  d."old_place" AND t.xmin = d."old_writer";
UPDATE "reports"."sale" t SET "day" = d."day", "currency" = d."currency", "Сумма ""₽""" =
  d."Сумма ""₽""", "share" = d."share" FROM "reportgen_staging"."sale" d WHERE d."kind" = '*' AND
  t.ctid = d."old_place" AND t.xmin = d."old_writer";
INSERT INTO "reports"."sale" ("day", "currency", "Сумма ""₽""", "share") SELECT d."day",
  d."currency", d."Сумма ""₽""", d."share" FROM "reportgen_staging"."sale" d WHERE d."kind" = '+';
