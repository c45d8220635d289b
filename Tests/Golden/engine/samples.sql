-- incremental with a key
SELECT to_json(ARRAY[left(s."day"::text, 201), left(s."currency"::text, 201)]) AS key FROM
  "reportgen_staging"."sale" s WHERE NOT EXISTS
  (SELECT FROM "reports"."sale" t WHERE t."day" = s."day" AND coalesce(t."currency", '') =
  coalesce(s."currency", '') AND (t."currency" IS NULL) = (s."currency" IS NULL) AND
  (t."day" >= '2026-01-01'::date AND t."day" < '2026-01-02'::date)) ORDER BY s."day", s."currency"
  LIMIT 5;
SELECT to_json(ARRAY[left(s."day"::text, 201), left(s."currency"::text, 201)]) AS key,
  to_json(ARRAY[t."day" IS DISTINCT FROM s."day", t."currency" IS DISTINCT FROM s."currency" COLLATE
  "C", t."Сумма ""₽""" IS DISTINCT FROM s."Сумма ""₽""", ROW(t."share")::record *<>
  ROW(s."share")::record]) AS differs,
  to_json(ARRAY[left(t."day"::text, 201), left(t."currency"::text, 201),
  left(t."Сумма ""₽"""::text, 201), left(t."share"::text, 201)]) AS old,
  to_json(ARRAY[left(s."day"::text, 201), left(s."currency"::text, 201),
  left(s."Сумма ""₽"""::text, 201), left(s."share"::text, 201)]) AS new FROM
  (SELECT t.ctid AS old_id, s.ctid AS new_id FROM "reports"."sale" t JOIN "reportgen_staging"."sale"
  s ON t."day" = s."day" AND coalesce(t."currency", '') = coalesce(s."currency", '') AND
  (t."currency" IS NULL) = (s."currency" IS NULL) WHERE
  (t."day" IS DISTINCT FROM s."day" OR t."currency" IS DISTINCT FROM s."currency" COLLATE "C" OR
  t."Сумма ""₽""" IS DISTINCT FROM s."Сумма ""₽""" OR ROW(t."share")::record *<>
  ROW(s."share")::record) AND (t."day" >= '2026-01-01'::date AND t."day" < '2026-01-02'::date) ORDER
  BY s."day", s."currency" LIMIT 5) d JOIN "reports"."sale" t ON t.ctid = d.old_id JOIN
  "reportgen_staging"."sale" s ON s.ctid = d.new_id ORDER BY s."day", s."currency";
SELECT to_json(ARRAY[left(t."day"::text, 201), left(t."currency"::text, 201)]) AS key FROM
  "reports"."sale" t WHERE (t."day" >= '2026-01-01'::date AND t."day" < '2026-01-02'::date) AND
  (t."day" >= '2026-01-01'::date AND t."day" < '2026-01-02'::date) AND NOT EXISTS
  (SELECT FROM "reportgen_staging"."sale" s WHERE t."day" = s."day" AND coalesce(t."currency", '') =
  coalesce(s."currency", '') AND (t."currency" IS NULL) = (s."currency" IS NULL)) ORDER BY t."day",
  t."currency" LIMIT 5;

-- incremental without a key
SELECT to_json(ARRAY[left(n."day"::text, 201), left(n."currency"::text, 201),
  left(n."Сумма ""₽"""::text, 201), left(n."share"::text, 201)]) AS key FROM
  "reportgen_staging"."sale" n JOIN
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
  = d.new_id WHERE d.old_id IS NULL ORDER BY
  ROW(n."day", n."currency", n."Сумма ""₽""", n."share")::text COLLATE "C" LIMIT 5;
SELECT to_json(ARRAY[left(n."day"::text, 201), left(n."currency"::text, 201),
  left(n."Сумма ""₽"""::text, 201), left(n."share"::text, 201)]) AS key FROM "reports"."sale" n JOIN
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
  = d.old_id WHERE d.new_id IS NULL AND d.is_deletable ORDER BY
  ROW(n."day", n."currency", n."Сумма ""₽""", n."share")::text COLLATE "C" LIMIT 5;

-- table
SELECT to_json(ARRAY[left(s."currency"::text, 201)]) AS key FROM "reportgen_staging"."sale" s WHERE
  NOT EXISTS (SELECT FROM "reports"."sale" t WHERE coalesce(t."currency", '') =
  coalesce(s."currency", '') AND (t."currency" IS NULL) = (s."currency" IS NULL)) ORDER BY
  s."currency" LIMIT 5;
SELECT to_json(ARRAY[left(s."currency"::text, 201)]) AS key,
  to_json(ARRAY[t."day" IS DISTINCT FROM s."day", t."currency" IS DISTINCT FROM s."currency" COLLATE
  "C", t."Сумма ""₽""" IS DISTINCT FROM s."Сумма ""₽""", ROW(t."share")::record *<>
  ROW(s."share")::record]) AS differs,
  to_json(ARRAY[left(t."day"::text, 201), left(t."currency"::text, 201),
  left(t."Сумма ""₽"""::text, 201), left(t."share"::text, 201)]) AS old,
  to_json(ARRAY[left(s."day"::text, 201), left(s."currency"::text, 201),
  left(s."Сумма ""₽"""::text, 201), left(s."share"::text, 201)]) AS new FROM
  (SELECT t.ctid AS old_id, s.ctid AS new_id FROM "reports"."sale" t JOIN "reportgen_staging"."sale"
  s ON coalesce(t."currency", '') = coalesce(s."currency", '') AND (t."currency" IS NULL) =
  (s."currency" IS NULL) WHERE (t."day" IS DISTINCT FROM s."day" OR t."currency" IS DISTINCT FROM
  s."currency" COLLATE "C" OR t."Сумма ""₽""" IS DISTINCT FROM s."Сумма ""₽""" OR
  ROW(t."share")::record *<> ROW(s."share")::record) ORDER BY s."currency" LIMIT 5) d JOIN
  "reports"."sale" t ON t.ctid = d.old_id JOIN "reportgen_staging"."sale" s ON s.ctid = d.new_id
  ORDER BY s."currency";
SELECT to_json(ARRAY[left(t."currency"::text, 201)]) AS key FROM "reports"."sale" t WHERE true AND
  NOT EXISTS (SELECT FROM "reportgen_staging"."sale" s WHERE coalesce(t."currency", '') =
  coalesce(s."currency", '') AND (t."currency" IS NULL) = (s."currency" IS NULL)) ORDER BY
  t."currency" LIMIT 5;

-- merge
SELECT to_json(ARRAY[left(s."currency"::text, 201)]) AS key FROM "reportgen_staging"."sale" s WHERE
  NOT EXISTS (SELECT FROM "reports"."sale" t WHERE coalesce(t."currency", '') =
  coalesce(s."currency", '') AND (t."currency" IS NULL) = (s."currency" IS NULL)) ORDER BY
  s."currency" LIMIT 5;
SELECT to_json(ARRAY[left(s."currency"::text, 201)]) AS key,
  to_json(ARRAY[t."day" IS DISTINCT FROM s."day", t."currency" IS DISTINCT FROM s."currency" COLLATE
  "C", t."Сумма ""₽""" IS DISTINCT FROM s."Сумма ""₽""", ROW(t."share")::record *<>
  ROW(s."share")::record]) AS differs,
  to_json(ARRAY[left(t."day"::text, 201), left(t."currency"::text, 201),
  left(t."Сумма ""₽"""::text, 201), left(t."share"::text, 201)]) AS old,
  to_json(ARRAY[left(s."day"::text, 201), left(s."currency"::text, 201),
  left(s."Сумма ""₽"""::text, 201), left(s."share"::text, 201)]) AS new FROM
  (SELECT t.ctid AS old_id, s.ctid AS new_id FROM "reports"."sale" t JOIN "reportgen_staging"."sale"
  s ON coalesce(t."currency", '') = coalesce(s."currency", '') AND (t."currency" IS NULL) =
  (s."currency" IS NULL) WHERE (t."day" IS DISTINCT FROM s."day" OR t."currency" IS DISTINCT FROM
  s."currency" COLLATE "C" OR t."Сумма ""₽""" IS DISTINCT FROM s."Сумма ""₽""" OR
  ROW(t."share")::record *<> ROW(s."share")::record) ORDER BY s."currency" LIMIT 5) d JOIN
  "reports"."sale" t ON t.ctid = d.old_id JOIN "reportgen_staging"."sale" s ON s.ctid = d.new_id
  ORDER BY s."currency";
SELECT to_json(ARRAY[left(t."currency"::text, 201)]) AS key FROM "reports"."sale" t WHERE false AND
  NOT EXISTS (SELECT FROM "reportgen_staging"."sale" s WHERE coalesce(t."currency", '') =
  coalesce(s."currency", '') AND (t."currency" IS NULL) = (s."currency" IS NULL)) ORDER BY
  t."currency" LIMIT 5;

-- everything staged
SELECT to_json(ARRAY[left(s."a"::text, 201), left(s."b"::text, 201)]) AS key FROM
  "reportgen_staging"."sale" s ORDER BY ROW(s."a", s."b")::text COLLATE "C" LIMIT 5;
