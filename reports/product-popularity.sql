-- Which products were bought most in each month.
--
-- A row is one month and one product that was bought in it. The month is named by its first day.
--
-- Rank 1 has the most units; equal units share a rank. Buyers are different customers; share_percent is the part of
-- all units sold in the month, in percent.
--
-- Nulls: purchases without a product are the row with product_id null; it has no rank, yet its units are part of the
-- whole that shares are measured by. A purchase without a quantity adds to purchases alone, one without a customer has
-- no buyer. share_percent is null in a month of no known units.
-- Purchases without a date belong to no interval: they are in sales-undated.

with bought as (
  select
    date_trunc('month', purchase.purchase_date::timestamp)::date as purchase_month,
    purchase.product_id,
    purchase.customer_id,
    coalesce(sum(purchase.quantity), 0) as units,
    count(*) as purchases
  from purchasesschema.purchases as purchase
  where purchase.purchase_date >= :start
    and purchase.purchase_date < :end
  group by 1, 2, 3
),
sold as (
  select
    purchase_month,
    product_id,
    sum(units)::bigint as units,
    count(customer_id) as buyers,
    sum(purchases)::bigint as purchases
  from bought
  group by purchase_month, product_id
)
select
  sold.purchase_month,
  case when sold.product_id is not null
      then rank() over (partition by sold.purchase_month, sold.product_id is null order by sold.units desc)
  end as rank,
  sold.product_id,
  product.name as product_name,
  sold.units,
  sold.buyers,
  round(100 * sold.units / nullif(sum(sold.units) over (partition by sold.purchase_month), 0), 4) as share_percent,
  sold.purchases
from sold
left join productsschema.products as product
  on product.product_id = sold.product_id
order by sold.purchase_month, rank, sold.product_id;
