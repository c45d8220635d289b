-- Units and revenue of the goods of each supplier by month.
--
-- A row is one month, one supplier and one currency. The month is named by its first day.
--
-- What a sale amounts to: its quantity times the price that its product had on its day (docs/decisions/0001): the
-- price in roubles where the product has one, otherwise in the first of its other currencies by code. Each purchase
-- counts exactly once, so quantities add up over all rows; amounts only within one currency.
--
-- Nulls: a purchase without a product, without a quantity, before its product's first price, or on a day whose price
-- row holds no price, has no amount. It is in the row with currency null; its units, where known, are unpriced_quantity.
-- Price rows without a currency, a date or a product price nothing.
-- Products without a supplier, and purchases without a product, are the rows with supplier_id null.
--
-- Purchases without a date belong to no interval: they are in sales-undated.

with price_row as (
  -- Rows that were replaced before the interval began are left out: that keeps the price of one day cheap.
  select
    price.product_id,
    price.price_id,
    price.date,
    price.price,
    price.currency,
    case when price.currency = 'RUB' then '0' else '1' || price.currency end collate "C" as preference
  from pricesschema.prices as price
  where price.date < :end
    and price.currency is not null
    and not exists (
      select
      from pricesschema.prices as later
      where later.product_id = price.product_id
        and later.currency = price.currency
        and later.date > price.date
        and later.date <= :start
    )
),
preferred_row as (
  select
    product_id, price_id, date, price, currency, preference,
    min(preference) over (partition by product_id order by date, price_id) as preferred
  from price_row
),
price_range as (
  -- One price at a time for a product; of two rows of one day the one with the higher price_id lasts.
  select
    product_id,
    price,
    currency,
    date as valid_from,
    lead(date, 1, date 'infinity') over (partition by product_id order by date, price_id) as valid_to
  from preferred_row
  where preference = preferred
),
sold as (
  select
    date_trunc('month', purchase.purchase_date::timestamp)::date as purchase_month,
    product.supplier_id,
    case when price_range.price is not null and purchase.quantity is not null then price_range.currency end as currency,
    coalesce(sum(purchase.quantity), 0) as total_quantity,
    sum(purchase.quantity * price_range.price) as total_amount,
    coalesce(sum(purchase.quantity) filter (where price_range.price is null), 0) as unpriced_quantity,
    count(*) as purchases
  from purchasesschema.purchases as purchase
  left join productsschema.products as product
    on product.product_id = purchase.product_id
  left join price_range
    on price_range.product_id = purchase.product_id
    and purchase.purchase_date >= price_range.valid_from
    and purchase.purchase_date < price_range.valid_to
  where purchase.purchase_date >= :start
    and purchase.purchase_date < :end
  group by 1, 2, 3
)
select
  sold.purchase_month,
  sold.supplier_id,
  supplier.name as supplier_name,
  sold.currency,
  sold.total_quantity,
  sold.total_amount,
  sold.unpriced_quantity,
  sold.purchases
from sold
left join suppliersschema.suppliers as supplier
  on supplier.supplier_id = sold.supplier_id
order by sold.purchase_month, sold.supplier_id, sold.currency;
