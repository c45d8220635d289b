-- rows of a day
SELECT t."day", t."currency", t."amount" FROM "reports"."sale" t WHERE
  (t."day" >= '2026-03-01'::date AND t."day" < '2026-03-02'::date) ORDER BY t."day", t."currency";

-- rows of a merge
SELECT t."day", t."currency", t."amount" FROM "reports"."sale" t ORDER BY t."amount" DESC;

-- count
SELECT count(*) AS rows FROM "reports"."sale" t WHERE
  (t."day" >= '2026-03-01'::date AND t."day" < '2026-03-02'::date);

-- totals
SELECT t."currency", sum(t."amount") FROM "reports"."sale" t WHERE
  (t."day" >= '2026-03-01'::date AND t."day" < '2026-03-02'::date) GROUP BY t."currency" ORDER BY
  t."currency";

-- totals of all
SELECT sum(t."amount") FROM "reports"."sale" t;

-- chart over 90 days
SELECT * FROM (SELECT t."day" AS x, sum(t."amount") AS y, t."currency"::text AS series FROM
  "reports"."sale" t WHERE (t."day" >= '2025-12-02'::date AND t."day" < '2026-03-02'::date) GROUP BY
  1, 3 ORDER BY 1 DESC, 3 LIMIT 2000) p ORDER BY p.x, p.series;

-- chart of one interval
SELECT * FROM (SELECT t."day" AS x, sum(t."amount") AS y, t."currency"::text AS series FROM
  "reports"."sale" t WHERE (t."day" >= '2026-03-01'::date AND t."day" < '2026-03-02'::date) GROUP BY
  1, 3 ORDER BY 1 DESC, 3 LIMIT 2000) p ORDER BY p.x, p.series;

-- chart of categories
SELECT t."currency" AS x, sum(t."amount") AS y, NULL::text AS series FROM "reports"."sale" t WHERE
  (t."day" >= '2026-03-01'::date AND t."day" < '2026-03-02'::date) GROUP BY 1, 3 ORDER BY y DESC
  NULLS LAST, x, series LIMIT 2000;

-- chart of a merge
SELECT * FROM (SELECT t."day" AS x, sum(t."amount") AS y, t."currency"::text AS series FROM
  "reports"."sale" t GROUP BY 1, 3 ORDER BY 1 DESC, 3 LIMIT 2000) p ORDER BY p.x, p.series;
