-- incremental with a key
COPY (SELECT t."day"::text COLLATE "C", t."currency"::text COLLATE "C", t."Сумма ""₽""", t."share"
  FROM (
select day from src.sale where day >= '2026-01-01'::date and day < '2026-01-03'::date
) t ORDER BY 1 NULLS FIRST, 2 NULLS FIRST) TO STDOUT;
COPY (SELECT t."day"::text COLLATE "C", t."currency"::text COLLATE "C", t."Сумма ""₽""", t."share"
  FROM "reports"."sale" t WHERE (t."day" >= '2026-01-01'::date AND t."day" < '2026-01-03'::date)
  ORDER BY 1 NULLS FIRST, 2 NULLS FIRST) TO STDOUT;
COPY (SELECT t."day"::text COLLATE "C", t."currency"::text COLLATE "C", t."Сумма ""₽""", t."share"
  FROM "reports"."sale" t WHERE ((t."day" >= '2026-01-01'::date AND t."day" < '2026-01-03'::date))
  IS NOT TRUE ORDER BY 1 NULLS FIRST, 2 NULLS FIRST) TO STDOUT;

-- numeric of any scale in the key
COPY (SELECT trim_scale(t."share")::text COLLATE "C", t."day", t."currency", t."Сумма ""₽""",
  t."share" FROM (
select day from src.sale where day >= '2026-01-01'::date and day < '2026-01-03'::date
) t ORDER BY 1 NULLS FIRST) TO STDOUT;
COPY (SELECT trim_scale(t."share")::text COLLATE "C", t."day", t."currency", t."Сумма ""₽""",
  t."share" FROM "reports"."sale" t WHERE
  (t."day" >= '2026-01-01'::date AND t."day" < '2026-01-03'::date) ORDER BY 1 NULLS FIRST) TO
  STDOUT;
COPY (SELECT trim_scale(t."share")::text COLLATE "C", t."day", t."currency", t."Сумма ""₽""",
  t."share" FROM "reports"."sale" t WHERE
  ((t."day" >= '2026-01-01'::date AND t."day" < '2026-01-03'::date)) IS NOT TRUE ORDER BY 1 NULLS
  FIRST) TO STDOUT;

-- without a key
COPY (SELECT t."day"::text COLLATE "C", t."currency"::text COLLATE "C", t."Сумма ""₽"""::text
  COLLATE "C", t."share"::text COLLATE "C" FROM (
select day from src.sale where day >= '2026-01-01'::date and day < '2026-01-03'::date
) t ORDER BY 1 NULLS FIRST, 2 NULLS FIRST, 3 NULLS FIRST, 4 NULLS FIRST) TO STDOUT;
COPY (SELECT t."day"::text COLLATE "C", t."currency"::text COLLATE "C", t."Сумма ""₽"""::text
  COLLATE "C", t."share"::text COLLATE "C" FROM "reports"."sale" t WHERE
  (t."day" >= '2026-01-01'::date AND t."day" < '2026-01-03'::date) ORDER BY 1 NULLS FIRST, 2 NULLS
  FIRST, 3 NULLS FIRST, 4 NULLS FIRST) TO STDOUT;
COPY (SELECT t."day"::text COLLATE "C", t."currency"::text COLLATE "C", t."Сумма ""₽"""::text
  COLLATE "C", t."share"::text COLLATE "C" FROM "reports"."sale" t WHERE
  ((t."day" >= '2026-01-01'::date AND t."day" < '2026-01-03'::date)) IS NOT TRUE ORDER BY 1 NULLS
  FIRST, 2 NULLS FIRST, 3 NULLS FIRST, 4 NULLS FIRST) TO STDOUT;

-- table without a period, on a server of another encoding
COPY (SELECT t."currency"::text COLLATE "C", t."day", t."Сумма ""₽""", t."share" FROM (
select day from src.sale where day >= :start and day < :end
) t ORDER BY convert_to(t."currency"::text, 'UTF8') NULLS FIRST) TO STDOUT;
COPY (SELECT t."currency"::text COLLATE "C", t."day", t."Сумма ""₽""", t."share" FROM
  "reports"."sale" t ORDER BY convert_to(t."currency"::text, 'UTF8') NULLS FIRST) TO STDOUT;

-- merge
COPY (SELECT t."currency"::text COLLATE "C", t."day", t."Сумма ""₽""", t."share" FROM (
select day from src.sale where day >= '2026-01-01'::date and day < '2026-01-03'::date
) t WHERE (t."day" >= '2026-01-01'::date AND t."day" < '2026-01-03'::date) ORDER BY 1 NULLS FIRST)
  TO STDOUT;
COPY (SELECT t."currency"::text COLLATE "C", t."day", t."Сумма ""₽""", t."share" FROM
  "reports"."sale" t WHERE (t."day" >= '2026-01-01'::date AND t."day" < '2026-01-03'::date) ORDER BY
  1 NULLS FIRST) TO STDOUT;
COPY (SELECT t."currency"::text COLLATE "C", t."day", t."Сумма ""₽""", t."share" FROM
  "reports"."sale" t WHERE ((t."day" >= '2026-01-01'::date AND t."day" < '2026-01-03'::date)) IS NOT
  TRUE ORDER BY 1 NULLS FIRST) TO STDOUT;
