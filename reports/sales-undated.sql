-- Purchases without a date, which no day, month or year of the other reports can hold.
--
-- A row is one product. Without a day there is no price, so there are units and no amounts.
--
-- Nulls: purchases without a product as well are the row with product_id null; a purchase without a quantity adds to
-- purchases alone.

select
  purchase.product_id,
  product.name as product_name,
  coalesce(sum(purchase.quantity), 0) as total_quantity,
  count(*) as purchases
from purchasesschema.purchases as purchase
left join productsschema.products as product
  on product.product_id = purchase.product_id
where purchase.purchase_date is null
group by purchase.product_id, product.name
order by purchase.product_id;
