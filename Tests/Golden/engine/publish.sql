-- incremental with a key
SELECT count(*) FILTER (WHERE d.old_id IS NOT NULL AND d.new_id IS NOT NULL) AS paired,
  count(*) FILTER (WHERE d.new_id IS NULL AND d.is_deletable) AS removed,
  count(*) FILTER (WHERE d.new_id IS NULL AND NOT d.is_deletable) AS kept,
  count(*) FILTER (WHERE d.old_id IS NULL) AS added,
  count(*) FILTER (WHERE d.is_changed) AS changed,
  (SELECT count(*) FROM "reports"."sale" t WHERE
    ((t."day" >= '2026-01-01'::date AND t."day" < '2026-01-03'::date) OR
    (t."day" >= '2026-01-05'::date AND t."day" < '2026-01-06'::date))) AS published,
    (SELECT count(*) FROM "reports"."sale" t WHERE
    ((t."day" >= '2026-01-01'::date AND t."day" < '2026-01-03'::date) OR
    (t."day" >= '2026-01-05'::date AND t."day" < '2026-01-06'::date))) AS deletable
FROM (SELECT t.ctid AS old_id, s.ctid AS new_id, coalesce(t."is_deletable", false) AS is_deletable,
  CASE WHEN t.ctid IS NOT NULL AND s.ctid IS NOT NULL
    THEN (t."day" IS DISTINCT FROM s."day" OR t."currency" IS DISTINCT FROM s."currency" COLLATE "C"
      OR t."Сумма ""₽""" IS DISTINCT FROM s."Сумма ""₽""" OR ROW(t."share")::record *<>
      ROW(s."share")::record) ELSE false END AS is_changed
FROM (SELECT t.ctid, ((t."day" >= '2026-01-01'::date AND t."day" < '2026-01-03'::date) OR
  (t."day" >= '2026-01-05'::date AND t."day" < '2026-01-06'::date)) AS "is_deletable", t."day",
  t."currency", t."Сумма ""₽""", t."share"
  FROM "reports"."sale" t WHERE ((t."day" >= '2026-01-01'::date AND t."day" < '2026-01-03'::date) OR
    (t."day" >= '2026-01-05'::date AND t."day" < '2026-01-06'::date))) t
FULL JOIN (SELECT s.ctid, s."day", s."currency", s."Сумма ""₽""", s."share" FROM
  "reportgen_staging"."sale" s) s ON t."day" = s."day" AND coalesce(t."currency", '') =
  coalesce(s."currency", '') AND (t."currency" IS NULL) = (s."currency" IS NULL)) d;
DELETE FROM "reports"."sale" t WHERE
  ((t."day" >= '2026-01-01'::date AND t."day" < '2026-01-03'::date) OR
  (t."day" >= '2026-01-05'::date AND t."day" < '2026-01-06'::date)) AND
  ((t."day" >= '2026-01-01'::date AND t."day" < '2026-01-03'::date) OR
  (t."day" >= '2026-01-05'::date AND t."day" < '2026-01-06'::date)) AND NOT EXISTS
  (SELECT FROM "reportgen_staging"."sale" s WHERE t."day" = s."day" AND coalesce(t."currency", '') =
  coalesce(s."currency", '') AND (t."currency" IS NULL) = (s."currency" IS NULL));
UPDATE "reports"."sale" t SET "day" = s."day", "currency" = s."currency", "Сумма ""₽""" =
  s."Сумма ""₽""", "share" = s."share" FROM "reportgen_staging"."sale" s WHERE t."day" = s."day" AND
  coalesce(t."currency", '') = coalesce(s."currency", '') AND (t."currency" IS NULL) =
  (s."currency" IS NULL) AND (t."day" IS DISTINCT FROM s."day" OR t."currency" IS DISTINCT FROM
  s."currency" COLLATE "C" OR t."Сумма ""₽""" IS DISTINCT FROM s."Сумма ""₽""" OR
  ROW(t."share")::record *<> ROW(s."share")::record) AND
  ((t."day" >= '2026-01-01'::date AND t."day" < '2026-01-03'::date) OR
  (t."day" >= '2026-01-05'::date AND t."day" < '2026-01-06'::date));
INSERT INTO "reports"."sale" ("day", "currency", "Сумма ""₽""", "share") SELECT s."day",
  s."currency", s."Сумма ""₽""", s."share" FROM "reportgen_staging"."sale" s WHERE NOT EXISTS
  (SELECT FROM "reports"."sale" t WHERE t."day" = s."day" AND coalesce(t."currency", '') =
  coalesce(s."currency", '') AND (t."currency" IS NULL) = (s."currency" IS NULL) AND
  ((t."day" >= '2026-01-01'::date AND t."day" < '2026-01-03'::date) OR
  (t."day" >= '2026-01-05'::date AND t."day" < '2026-01-06'::date)));

-- incremental without a key, one day
SELECT count(*) FILTER (WHERE d.old_id IS NOT NULL AND d.new_id IS NOT NULL) AS paired,
  count(*) FILTER (WHERE d.new_id IS NULL AND d.is_deletable) AS removed,
  count(*) FILTER (WHERE d.new_id IS NULL AND NOT d.is_deletable) AS kept,
  count(*) FILTER (WHERE d.old_id IS NULL) AS added,
  count(*) FILTER (WHERE d.is_changed) AS changed,
  (SELECT count(*) FROM "reports"."sale" t WHERE
    (t."day" >= '2026-01-01'::date AND t."day" < '2026-01-02'::date)) AS published,
    (SELECT count(*) FROM "reports"."sale" t WHERE
    (t."day" >= '2026-01-01'::date AND t."day" < '2026-01-02'::date)) AS deletable
FROM (SELECT t.id AS old_id, s.id AS new_id, coalesce(t.is_deletable, false) AS is_deletable, false
  AS is_changed
FROM (SELECT t.ctid AS id, ROW(t."day", t."currency", t."Сумма ""₽""", t."share")::text AS image,
  row_number() OVER (PARTITION BY ROW(t."day", t."currency", t."Сумма ""₽""", t."share")::text) AS
  occurrence, (t."day" >= '2026-01-01'::date AND t."day" < '2026-01-02'::date) AS is_deletable FROM
  "reports"."sale" t WHERE (t."day" >= '2026-01-01'::date AND t."day" < '2026-01-02'::date)) t
FULL JOIN (SELECT s.ctid AS id, ROW(s."day", s."currency", s."Сумма ""₽""", s."share")::text AS
  image, row_number() OVER (PARTITION BY
  ROW(s."day", s."currency", s."Сумма ""₽""", s."share")::text) AS occurrence FROM
  "reportgen_staging"."sale" s) s ON t.image = s.image AND t.occurrence = s.occurrence) d;
DELETE FROM "reports"."sale" x USING
  (SELECT t.id AS old_id, s.id AS new_id, coalesce(t.is_deletable, false) AS is_deletable, false AS
  is_changed
FROM (SELECT t.ctid AS id, ROW(t."day", t."currency", t."Сумма ""₽""", t."share")::text AS image,
  row_number() OVER (PARTITION BY ROW(t."day", t."currency", t."Сумма ""₽""", t."share")::text) AS
  occurrence, (t."day" >= '2026-01-01'::date AND t."day" < '2026-01-02'::date) AS is_deletable FROM
  "reports"."sale" t WHERE (t."day" >= '2026-01-01'::date AND t."day" < '2026-01-02'::date)) t
FULL JOIN (SELECT s.ctid AS id, ROW(s."day", s."currency", s."Сумма ""₽""", s."share")::text AS
  image, row_number() OVER (PARTITION BY
  ROW(s."day", s."currency", s."Сумма ""₽""", s."share")::text) AS occurrence FROM
  "reportgen_staging"."sale" s) s ON t.image = s.image AND t.occurrence = s.occurrence) d WHERE
  x.ctid = d.old_id AND d.new_id IS NULL AND d.is_deletable;
INSERT INTO "reports"."sale" ("day", "currency", "Сумма ""₽""", "share") SELECT n."day",
  n."currency", n."Сумма ""₽""", n."share" FROM "reportgen_staging"."sale" n JOIN
  (SELECT t.id AS old_id, s.id AS new_id, coalesce(t.is_deletable, false) AS is_deletable, false AS
  is_changed
FROM (SELECT t.ctid AS id, ROW(t."day", t."currency", t."Сумма ""₽""", t."share")::text AS image,
  row_number() OVER (PARTITION BY ROW(t."day", t."currency", t."Сумма ""₽""", t."share")::text) AS
  occurrence, (t."day" >= '2026-01-01'::date AND t."day" < '2026-01-02'::date) AS is_deletable FROM
  "reports"."sale" t WHERE (t."day" >= '2026-01-01'::date AND t."day" < '2026-01-02'::date)) t
FULL JOIN (SELECT s.ctid AS id, ROW(s."day", s."currency", s."Сумма ""₽""", s."share")::text AS
  image, row_number() OVER (PARTITION BY
  ROW(s."day", s."currency", s."Сумма ""₽""", s."share")::text) AS occurrence FROM
  "reportgen_staging"."sale" s) s ON t.image = s.image AND t.occurrence = s.occurrence) d ON n.ctid
  = d.new_id WHERE d.old_id IS NULL;

-- full refresh
SELECT count(*) FILTER (WHERE d.old_id IS NOT NULL AND d.new_id IS NOT NULL) AS paired,
  count(*) FILTER (WHERE d.new_id IS NULL AND d.is_deletable) AS removed,
  count(*) FILTER (WHERE d.new_id IS NULL AND NOT d.is_deletable) AS kept,
  count(*) FILTER (WHERE d.old_id IS NULL) AS added,
  count(*) FILTER (WHERE d.is_changed) AS changed,
  (SELECT count(*) FROM "reports"."sale" t) AS published, (SELECT count(*) FROM "reports"."sale" t)
    AS deletable
FROM (SELECT t.ctid AS old_id, s.ctid AS new_id, coalesce(t."is_deletable", false) AS is_deletable,
  CASE WHEN t.ctid IS NOT NULL AND s.ctid IS NOT NULL
    THEN (t."day" IS DISTINCT FROM s."day" OR t."currency" IS DISTINCT FROM s."currency" COLLATE "C"
      OR t."Сумма ""₽""" IS DISTINCT FROM s."Сумма ""₽""" OR ROW(t."share")::record *<>
      ROW(s."share")::record) ELSE false END AS is_changed
FROM (SELECT t.ctid, true AS "is_deletable", t."day", t."currency", t."Сумма ""₽""", t."share"
  FROM "reports"."sale" t) t
FULL JOIN (SELECT s.ctid, s."day", s."currency", s."Сумма ""₽""", s."share" FROM
  "reportgen_staging"."sale" s) s ON t."day" = s."day" AND coalesce(t."currency", '') =
  coalesce(s."currency", '') AND (t."currency" IS NULL) = (s."currency" IS NULL)) d;
DELETE FROM "reports"."sale" t WHERE true AND NOT EXISTS
  (SELECT FROM "reportgen_staging"."sale" s WHERE t."day" = s."day" AND coalesce(t."currency", '') =
  coalesce(s."currency", '') AND (t."currency" IS NULL) = (s."currency" IS NULL));
UPDATE "reports"."sale" t SET "day" = s."day", "currency" = s."currency", "Сумма ""₽""" =
  s."Сумма ""₽""", "share" = s."share" FROM "reportgen_staging"."sale" s WHERE t."day" = s."day" AND
  coalesce(t."currency", '') = coalesce(s."currency", '') AND (t."currency" IS NULL) =
  (s."currency" IS NULL) AND (t."day" IS DISTINCT FROM s."day" OR t."currency" IS DISTINCT FROM
  s."currency" COLLATE "C" OR t."Сумма ""₽""" IS DISTINCT FROM s."Сумма ""₽""" OR
  ROW(t."share")::record *<> ROW(s."share")::record);
INSERT INTO "reports"."sale" ("day", "currency", "Сумма ""₽""", "share") SELECT s."day",
  s."currency", s."Сумма ""₽""", s."share" FROM "reportgen_staging"."sale" s WHERE NOT EXISTS
  (SELECT FROM "reports"."sale" t WHERE t."day" = s."day" AND coalesce(t."currency", '') =
  coalesce(s."currency", '') AND (t."currency" IS NULL) = (s."currency" IS NULL));

-- table with a key
SELECT count(*) FILTER (WHERE d.old_id IS NOT NULL AND d.new_id IS NOT NULL) AS paired,
  count(*) FILTER (WHERE d.new_id IS NULL AND d.is_deletable) AS removed,
  count(*) FILTER (WHERE d.new_id IS NULL AND NOT d.is_deletable) AS kept,
  count(*) FILTER (WHERE d.old_id IS NULL) AS added,
  count(*) FILTER (WHERE d.is_changed) AS changed,
  (SELECT count(*) FROM "reports"."sale" t) AS published, (SELECT count(*) FROM "reports"."sale" t)
    AS deletable
FROM (SELECT t.ctid AS old_id, s.ctid AS new_id, coalesce(t."is_deletable", false) AS is_deletable,
  CASE WHEN t.ctid IS NOT NULL AND s.ctid IS NOT NULL
    THEN (t."day" IS DISTINCT FROM s."day" OR t."currency" IS DISTINCT FROM s."currency" COLLATE "C"
      OR t."Сумма ""₽""" IS DISTINCT FROM s."Сумма ""₽""" OR ROW(t."share")::record *<>
      ROW(s."share")::record) ELSE false END AS is_changed
FROM (SELECT t.ctid, true AS "is_deletable", t."day", t."currency", t."Сумма ""₽""", t."share"
  FROM "reports"."sale" t) t
FULL JOIN (SELECT s.ctid, s."day", s."currency", s."Сумма ""₽""", s."share" FROM
  "reportgen_staging"."sale" s) s ON coalesce(t."currency", '') = coalesce(s."currency", '') AND
  (t."currency" IS NULL) = (s."currency" IS NULL)) d;
DELETE FROM "reports"."sale" t WHERE true AND NOT EXISTS
  (SELECT FROM "reportgen_staging"."sale" s WHERE coalesce(t."currency", '') =
  coalesce(s."currency", '') AND (t."currency" IS NULL) = (s."currency" IS NULL));
UPDATE "reports"."sale" t SET "day" = s."day", "currency" = s."currency", "Сумма ""₽""" =
  s."Сумма ""₽""", "share" = s."share" FROM "reportgen_staging"."sale" s WHERE
  coalesce(t."currency", '') = coalesce(s."currency", '') AND (t."currency" IS NULL) =
  (s."currency" IS NULL) AND (t."day" IS DISTINCT FROM s."day" OR t."currency" IS DISTINCT FROM
  s."currency" COLLATE "C" OR t."Сумма ""₽""" IS DISTINCT FROM s."Сумма ""₽""" OR
  ROW(t."share")::record *<> ROW(s."share")::record);
INSERT INTO "reports"."sale" ("day", "currency", "Сумма ""₽""", "share") SELECT s."day",
  s."currency", s."Сумма ""₽""", s."share" FROM "reportgen_staging"."sale" s WHERE NOT EXISTS
  (SELECT FROM "reports"."sale" t WHERE coalesce(t."currency", '') = coalesce(s."currency", '') AND
  (t."currency" IS NULL) = (s."currency" IS NULL));

-- merge
SELECT count(*) FILTER (WHERE d.old_id IS NOT NULL AND d.new_id IS NOT NULL) AS paired,
  count(*) FILTER (WHERE d.new_id IS NULL AND d.is_deletable) AS removed,
  count(*) FILTER (WHERE d.new_id IS NULL AND NOT d.is_deletable) AS kept,
  count(*) FILTER (WHERE d.old_id IS NULL) AS added,
  count(*) FILTER (WHERE d.is_changed) AS changed,
  (SELECT count(*) FROM "reports"."sale" t) AS published, 0 AS deletable
FROM (SELECT t.ctid AS old_id, s.ctid AS new_id, coalesce(t."is_deletable", false) AS is_deletable,
  CASE WHEN t.ctid IS NOT NULL AND s.ctid IS NOT NULL
    THEN (t."day" IS DISTINCT FROM s."day" OR t."currency" IS DISTINCT FROM s."currency" COLLATE "C"
      OR t."Сумма ""₽""" IS DISTINCT FROM s."Сумма ""₽""" OR ROW(t."share")::record *<>
      ROW(s."share")::record) ELSE false END AS is_changed
FROM (SELECT t.ctid, false AS "is_deletable", t."day", t."currency", t."Сумма ""₽""", t."share"
  FROM "reports"."sale" t) t
FULL JOIN (SELECT s.ctid, s."day", s."currency", s."Сумма ""₽""", s."share" FROM
  "reportgen_staging"."sale" s) s ON coalesce(t."currency", '') = coalesce(s."currency", '') AND
  (t."currency" IS NULL) = (s."currency" IS NULL)) d;
DELETE FROM "reports"."sale" t WHERE false AND NOT EXISTS
  (SELECT FROM "reportgen_staging"."sale" s WHERE coalesce(t."currency", '') =
  coalesce(s."currency", '') AND (t."currency" IS NULL) = (s."currency" IS NULL));
UPDATE "reports"."sale" t SET "day" = s."day", "currency" = s."currency", "Сумма ""₽""" =
  s."Сумма ""₽""", "share" = s."share" FROM "reportgen_staging"."sale" s WHERE
  coalesce(t."currency", '') = coalesce(s."currency", '') AND (t."currency" IS NULL) =
  (s."currency" IS NULL) AND (t."day" IS DISTINCT FROM s."day" OR t."currency" IS DISTINCT FROM
  s."currency" COLLATE "C" OR t."Сумма ""₽""" IS DISTINCT FROM s."Сумма ""₽""" OR
  ROW(t."share")::record *<> ROW(s."share")::record);
INSERT INTO "reports"."sale" ("day", "currency", "Сумма ""₽""", "share") SELECT s."day",
  s."currency", s."Сумма ""₽""", s."share" FROM "reportgen_staging"."sale" s WHERE NOT EXISTS
  (SELECT FROM "reports"."sale" t WHERE coalesce(t."currency", '') = coalesce(s."currency", '') AND
  (t."currency" IS NULL) = (s."currency" IS NULL));

-- merge with delete: interval
SELECT count(*) FILTER (WHERE d.old_id IS NOT NULL AND d.new_id IS NOT NULL) AS paired,
  count(*) FILTER (WHERE d.new_id IS NULL AND d.is_deletable) AS removed,
  count(*) FILTER (WHERE d.new_id IS NULL AND NOT d.is_deletable) AS kept,
  count(*) FILTER (WHERE d.old_id IS NULL) AS added,
  count(*) FILTER (WHERE d.is_changed) AS changed,
  (SELECT count(*) FROM "reports"."sale" t) AS published,
    (SELECT count(*) FROM "reports"."sale" t WHERE
    ((t."day" >= '2026-01-01'::date AND t."day" < '2026-01-03'::date) OR
    (t."day" >= '2026-01-05'::date AND t."day" < '2026-01-06'::date))) AS deletable
FROM (SELECT t.ctid AS old_id, s.ctid AS new_id, coalesce(t."is_deletable", false) AS is_deletable,
  CASE WHEN t.ctid IS NOT NULL AND s.ctid IS NOT NULL
    THEN (t."day" IS DISTINCT FROM s."day" OR t."currency" IS DISTINCT FROM s."currency" COLLATE "C"
      OR t."Сумма ""₽""" IS DISTINCT FROM s."Сумма ""₽""" OR ROW(t."share")::record *<>
      ROW(s."share")::record) ELSE false END AS is_changed
FROM (SELECT t.ctid, ((t."day" >= '2026-01-01'::date AND t."day" < '2026-01-03'::date) OR
  (t."day" >= '2026-01-05'::date AND t."day" < '2026-01-06'::date)) AS "is_deletable", t."day",
  t."currency", t."Сумма ""₽""", t."share"
  FROM "reports"."sale" t) t
FULL JOIN (SELECT s.ctid, s."day", s."currency", s."Сумма ""₽""", s."share" FROM
  "reportgen_staging"."sale" s) s ON coalesce(t."currency", '') = coalesce(s."currency", '') AND
  (t."currency" IS NULL) = (s."currency" IS NULL)) d;
DELETE FROM "reports"."sale" t WHERE
  ((t."day" >= '2026-01-01'::date AND t."day" < '2026-01-03'::date) OR
  (t."day" >= '2026-01-05'::date AND t."day" < '2026-01-06'::date)) AND NOT EXISTS
  (SELECT FROM "reportgen_staging"."sale" s WHERE coalesce(t."currency", '') =
  coalesce(s."currency", '') AND (t."currency" IS NULL) = (s."currency" IS NULL));
UPDATE "reports"."sale" t SET "day" = s."day", "currency" = s."currency", "Сумма ""₽""" =
  s."Сумма ""₽""", "share" = s."share" FROM "reportgen_staging"."sale" s WHERE
  coalesce(t."currency", '') = coalesce(s."currency", '') AND (t."currency" IS NULL) =
  (s."currency" IS NULL) AND (t."day" IS DISTINCT FROM s."day" OR t."currency" IS DISTINCT FROM
  s."currency" COLLATE "C" OR t."Сумма ""₽""" IS DISTINCT FROM s."Сумма ""₽""" OR
  ROW(t."share")::record *<> ROW(s."share")::record);
INSERT INTO "reports"."sale" ("day", "currency", "Сумма ""₽""", "share") SELECT s."day",
  s."currency", s."Сумма ""₽""", s."share" FROM "reportgen_staging"."sale" s WHERE NOT EXISTS
  (SELECT FROM "reports"."sale" t WHERE coalesce(t."currency", '') = coalesce(s."currency", '') AND
  (t."currency" IS NULL) = (s."currency" IS NULL));
