-- Thirty days, three numbers each.
select day, count(*) as purchases, sum(product_id) as units, sum(amount) as amount
from bench.small
where day < date '2024-01-31'
group by day
