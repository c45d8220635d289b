-- rows of a day
SELECT t."day", t."currency", t."amount" FROM "reports"."sale" t WHERE
  (t."day" >= '2026-03-01'::date AND t."day" < '2026-03-02'::date) ORDER BY t."day", t."currency";

-- rows of a merge
SELECT t."day", t."currency", t."amount" FROM "reports"."sale" t ORDER BY t."amount" DESC;

-- count
SELECT count(*) AS rows, (SELECT c.relkind <> 'r' OR c.reltoastrelid <> 0 AND
  pg_relation_size(c.reltoastrelid) > 0 FROM pg_class c WHERE c.oid = '"reports"."sale"'::regclass)
  AS has_long_values FROM "reports"."sale" t WHERE
  (t."day" >= '2026-03-01'::date AND t."day" < '2026-03-02'::date);

-- count and greatest values for bars
SELECT count(*) AS rows, max(abs(t."amount")) AS scale0,
  (SELECT c.relkind <> 'r' OR c.reltoastrelid <> 0 AND pg_relation_size(c.reltoastrelid) > 0 FROM
  pg_class c WHERE c.oid = '"reports"."sale"'::regclass) AS has_long_values FROM "reports"."sale" t
  WHERE (t."day" >= '2026-03-01'::date AND t."day" < '2026-03-02'::date);

-- rows of a page
SELECT t."day", t."currency", t."amount" FROM "reports"."sale" t WHERE
  (t."day" >= '2026-03-01'::date AND t."day" < '2026-03-02'::date) ORDER BY t."day", t."currency"
  LIMIT 100;

-- rows of a page with small lines
WITH past AS (SELECT ARRAY[t."currency"::text] AS key,
  array_position(ARRAY['2026-01-31', '2026-02-01', '2026-02-02', '2026-02-03', '2026-02-04',
  '2026-02-05', '2026-02-06', '2026-02-07', '2026-02-08', '2026-02-09', '2026-02-10', '2026-02-11',
  '2026-02-12', '2026-02-13', '2026-02-14', '2026-02-15', '2026-02-16', '2026-02-17', '2026-02-18',
  '2026-02-19', '2026-02-20', '2026-02-21', '2026-02-22', '2026-02-23', '2026-02-24', '2026-02-25',
  '2026-02-26', '2026-02-27', '2026-02-28', '2026-03-01']::date[], t."day"::date) - 1 AS place,
  sum(t."amount") AS v0 FROM "reports"."sale" t WHERE
  (t."day" >= '2026-01-31'::date AND t."day" < '2026-03-02'::date) GROUP BY 1, 2), h AS
  (SELECT key, string_agg(place || ':' || v0, ' ') AS s0 FROM past WHERE place IS NOT NULL GROUP BY
  1) SELECT t."day", t."currency", t."amount", h.s0 FROM "reports"."sale" t LEFT JOIN h ON h.key =
  ARRAY[t."currency"::text] WHERE (t."day" >= '2026-03-01'::date AND t."day" < '2026-03-02'::date)
  ORDER BY t."day", t."currency" LIMIT 1000;

-- no small lines of a merge
SELECT t."day", t."currency", t."amount" FROM "reports"."sale" t ORDER BY t."amount" DESC LIMIT
  1000;

-- rows of a page with small lines and long values
WITH past AS (SELECT ARRAY[t."currency"::text] AS key,
  array_position(ARRAY['2026-01-31', '2026-02-01', '2026-02-02', '2026-02-03', '2026-02-04',
  '2026-02-05', '2026-02-06', '2026-02-07', '2026-02-08', '2026-02-09', '2026-02-10', '2026-02-11',
  '2026-02-12', '2026-02-13', '2026-02-14', '2026-02-15', '2026-02-16', '2026-02-17', '2026-02-18',
  '2026-02-19', '2026-02-20', '2026-02-21', '2026-02-22', '2026-02-23', '2026-02-24', '2026-02-25',
  '2026-02-26', '2026-02-27', '2026-02-28', '2026-03-01']::date[], t."day"::date) - 1 AS place,
  sum(t."amount") AS v0 FROM "reports"."sale" t WHERE
  (t."day" >= '2026-01-31'::date AND t."day" < '2026-03-02'::date) GROUP BY 1, 2), h AS
  (SELECT key, string_agg(place || ':' || v0, ' ') AS s0 FROM past WHERE place IS NOT NULL GROUP BY
  1) SELECT t."day", left(t."currency", 8193), t."amount", h.s0,
  nullif(concat_ws(' ', CASE WHEN octet_length(t."currency") > 8192 THEN '1:' ||
  octet_length(t."currency") END), '') FROM "reports"."sale" t LEFT JOIN h ON h.key =
  ARRAY[t."currency"::text] WHERE (t."day" >= '2026-03-01'::date AND t."day" < '2026-03-02'::date)
  ORDER BY t."day", t."currency" LIMIT 1000;

-- long values of other types
SELECT '\x' || encode(substring(t."b", 1, 4096), 'hex'), CASE WHEN num_nulls(t."j") = 0 THEN
  left(concat(t."j"), 8193) END, CASE WHEN num_nulls(t."c") = 0 THEN left(concat(t."c"), 8193) END,
  nullif(concat_ws(' ', CASE WHEN 2 + 2 * octet_length(t."b") > 8192 THEN '0:' || 2 + 2 *
  octet_length(t."b") END, CASE WHEN octet_length(concat(t."j")) > 8192 THEN '1:' ||
  octet_length(concat(t."j")) END, CASE WHEN octet_length(concat(t."c")) > 8192 THEN '2:' ||
  octet_length(concat(t."c")) END), '') FROM "reports"."sale" t LIMIT 100;

-- totals
SELECT t."currency", sum(t."amount"), count(*) OVER () FROM "reports"."sale" t WHERE
  (t."day" >= '2026-03-01'::date AND t."day" < '2026-03-02'::date) GROUP BY t."currency" ORDER BY
  sum(t."amount") DESC NULLS LAST, t."currency" LIMIT 100;

-- totals of 30 days and one a year before
WITH top AS (SELECT t."currency" AS k0 FROM "reports"."sale" t WHERE
  (t."day" >= '2026-03-01'::date AND t."day" < '2026-03-02'::date) GROUP BY t."currency" ORDER BY
  sum(t."amount") DESC NULLS LAST, t."currency" LIMIT 5), past AS
  (SELECT t."day"::date AS day, t."currency" AS k0, sum(t."amount") AS s0 FROM "reports"."sale" t
  WHERE ((t."day" >= '2025-03-01'::date AND t."day" < '2025-03-02'::date) OR
  (t."day" >= '2026-01-31'::date AND t."day" < '2026-03-02'::date)) GROUP BY 1, 2) SELECT past.*
  FROM past JOIN top ON past.k0 IS NOT DISTINCT FROM top.k0;

-- totals of 30 days
SELECT t."day"::date AS day, sum(t."amount") AS s0 FROM "reports"."sale" t WHERE
  (t."day" >= '2026-01-31'::date AND t."day" < '2026-03-02'::date) GROUP BY 1;

-- no earlier totals of a merge
none;

-- totals of all
SELECT sum(t."amount"), count(*) OVER () FROM "reports"."sale" t LIMIT 100;

-- chart over 90 days
WITH source AS (SELECT t."day" AS x, t."amount" AS y, t."currency"::text AS series, 0 AS place FROM
  "reports"."sale" t WHERE (t."day" >= '2025-12-02'::date AND t."day" < '2026-03-02'::date)), point
  AS (SELECT x, series, sum(y) AS y, min(place) AS place, 0::bigint AS other_series FROM source
  GROUP BY x, series), series_size AS
  (SELECT *, sum(abs(y)) OVER (PARTITION BY series) AS size FROM point), series_rank AS
  (SELECT *, dense_rank() OVER (ORDER BY size DESC NULLS LAST, series) AS n FROM series_size),
  series_rest AS (SELECT x, series, y, place, CASE WHEN n > 7 AND max(n) OVER () > 8 THEN max(n)
  OVER () - 7 ELSE 0 END AS rest FROM series_rank), shown AS
  (SELECT x, CASE WHEN rest = 0 THEN series END AS series, sum(y) AS y, min(place) AS place, rest AS
  other_series FROM series_rest GROUP BY 1, 2, 5), ranked AS
  (SELECT *, dense_rank() OVER (ORDER BY x DESC) AS n FROM shown) SELECT x, y, series, other_series,
  0 AS other_x, x_count FROM (SELECT *, max(n) OVER () AS x_count FROM ranked) c WHERE n <= 2000
  ORDER BY x, other_series, series;

-- chart of one interval
WITH source AS (SELECT t."day" AS x, t."amount" AS y, t."currency"::text AS series, 0 AS place FROM
  "reports"."sale" t WHERE (t."day" >= '2026-03-01'::date AND t."day" < '2026-03-02'::date)), point
  AS (SELECT x, series, sum(y) AS y, min(place) AS place, 0::bigint AS other_series FROM source
  GROUP BY x, series), series_size AS
  (SELECT *, sum(abs(y)) OVER (PARTITION BY series) AS size FROM point), series_rank AS
  (SELECT *, dense_rank() OVER (ORDER BY size DESC NULLS LAST, series) AS n FROM series_size),
  series_rest AS (SELECT x, series, y, place, CASE WHEN n > 7 AND max(n) OVER () > 8 THEN max(n)
  OVER () - 7 ELSE 0 END AS rest FROM series_rank), shown AS
  (SELECT x, CASE WHEN rest = 0 THEN series END AS series, sum(y) AS y, min(place) AS place, rest AS
  other_series FROM series_rest GROUP BY 1, 2, 5), ranked AS
  (SELECT *, dense_rank() OVER (ORDER BY x DESC) AS n FROM shown) SELECT x, y, series, other_series,
  0 AS other_x, x_count FROM (SELECT *, max(n) OVER () AS x_count FROM ranked) c WHERE n <= 2000
  ORDER BY x, other_series, series;

-- chart of categories
WITH source AS (SELECT t."currency" AS x, t."amount" AS y, NULL::text AS series, row_number() OVER
  (ORDER BY t."day", t."currency") AS place FROM "reports"."sale" t WHERE
  (t."day" >= '2026-03-01'::date AND t."day" < '2026-03-02'::date)), point AS
  (SELECT x, series, sum(y) AS y, min(place) AS place, 0::bigint AS other_series FROM source GROUP
  BY x, series), shown AS (SELECT * FROM point), sized AS
  (SELECT *, sum(abs(y)) OVER (PARTITION BY x) AS size FROM shown), ranked AS
  (SELECT *, dense_rank() OVER (ORDER BY size DESC NULLS LAST, x) AS n FROM sized) SELECT x, y,
  series, other_series, 0 AS other_x, x_count FROM (SELECT *, max(n) OVER () AS x_count FROM ranked)
  c WHERE n <= 500 ORDER BY place, other_series, series;

-- list of 5 and the others
WITH source AS (SELECT t."currency" AS x, t."amount" AS y, NULL::text AS series, 0 AS place FROM
  "reports"."sale" t WHERE (t."day" >= '2026-03-01'::date AND t."day" < '2026-03-02'::date)), point
  AS (SELECT x, series, sum(y) AS y, min(place) AS place, 0::bigint AS other_series FROM source
  GROUP BY x, series), shown AS (SELECT * FROM point), sized AS
  (SELECT *, sum(abs(y)) OVER (PARTITION BY x) AS size FROM shown), ranked AS
  (SELECT *, dense_rank() OVER (ORDER BY size DESC NULLS LAST, x) AS n FROM sized) SELECT CASE WHEN
  rest = 0 THEN x END AS x, sum(y) AS y, series, other_series, rest AS other_x, x_count FROM
  (SELECT *, CASE WHEN n > 5 AND x_count > 6 THEN x_count - 5 ELSE 0 END AS rest FROM
  (SELECT *, max(n) OVER () AS x_count FROM ranked) c) r GROUP BY 1, 3, 4, 5, 6 ORDER BY other_x, y
  DESC NULLS LAST, x;

-- chart of a merge
WITH source AS (SELECT t."day" AS x, t."amount" AS y, t."currency"::text AS series, 0 AS place FROM
  "reports"."sale" t), point AS (SELECT x, series, sum(y) AS y, min(place) AS place, 0::bigint AS
  other_series FROM source GROUP BY x, series), series_size AS
  (SELECT *, sum(abs(y)) OVER (PARTITION BY series) AS size FROM point), series_rank AS
  (SELECT *, dense_rank() OVER (ORDER BY size DESC NULLS LAST, series) AS n FROM series_size),
  series_rest AS (SELECT x, series, y, place, CASE WHEN n > 7 AND max(n) OVER () > 8 THEN max(n)
  OVER () - 7 ELSE 0 END AS rest FROM series_rank), shown AS
  (SELECT x, CASE WHEN rest = 0 THEN series END AS series, sum(y) AS y, min(place) AS place, rest AS
  other_series FROM series_rest GROUP BY 1, 2, 5), ranked AS
  (SELECT *, dense_rank() OVER (ORDER BY x DESC) AS n FROM shown) SELECT x, y, series, other_series,
  0 AS other_x, x_count FROM (SELECT *, max(n) OVER () AS x_count FROM ranked) c WHERE n <= 2000
  ORDER BY x, other_series, series;
