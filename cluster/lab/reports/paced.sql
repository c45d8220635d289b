-- The first purchases, read slowly on purpose, so that a fault of the lab occurs during a read.

select
  first.purchase_id,
  first.quantity,
  (select count(*) from purchasesschema.purchases) as purchases,
  repeat(md5(first.purchase_id::text), 128) as padding
from (
  select purchase.purchase_id, purchase.quantity
  from purchasesschema.purchases as purchase
  order by purchase.purchase_id
  limit 200
) as first
where pg_catalog.pg_sleep(:pause) is not null
