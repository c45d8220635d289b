-- as it is
COPY (
select day, amount from src.sale -- '2026-01-01'::date
where day >= '2026-01-01'::date and region = 'Ы'::text
) TO STDOUT

-- nothing to cast
COPY (
select day, amount from src.sale -- '2026-01-01'::date
where day >= '2026-01-01'::date and region = 'Ы'::text
) TO STDOUT

-- cast
COPY (
SELECT q."day", q."amount"::numeric(14,2) AS "amount" FROM (
select day, amount from src.sale -- '2026-01-01'::date
where day >= '2026-01-01'::date and region = 'Ы'::text
) q
) TO STDOUT

-- ordered
COPY (
SELECT q."day" FROM (
select day, amount from src.sale -- '2026-01-01'::date
where day >= '2026-01-01'::date and region = 'Ы'::text
) q ORDER BY q."day", q."a b" DESC
) TO STDOUT

-- with a type in place of the query's own, by which the file is ordered, too
COPY (
SELECT q."amount"::numeric(14,2)::text AS "amount", q."day" FROM (
select day, amount from src.sale -- '2026-01-01'::date
where day >= '2026-01-01'::date and region = 'Ы'::text
) q ORDER BY q."amount"::numeric(14,2)::text, q."day"
) TO STDOUT
