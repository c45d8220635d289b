-- What each customer likes, and how recently, how often and for how much he buys.
--
-- A row is one customer and one currency of his purchases. Recency is last_purchase_date (days since then would change
-- every row every night), frequency is purchases, money is total_amount.
--
-- The favourite category is the one of the most units in all currencies together, with undated purchases; of equal
-- ones that of more purchases, then the lower category_id. favourite_categories names up to three, the first first.
-- favourite_percent is the favourite's part of all the customer's units.
--
-- What a sale amounts to: its quantity times the price that its product had on its day (docs/decisions/0001): the
-- price in roubles where the product has one, otherwise in the first of its other currencies by code. Each purchase
-- counts exactly once, so quantities add up over all rows; amounts only within one currency.
--
-- Nulls: purchases without a date, a product, a quantity or a valid price have no amount and are in the row with
-- currency null; so is a customer who never bought, with zeros. Purchases without a customer are the rows with
-- customer_id null. Goods without a category are nobody's favourite.

with preferred_row as (
  select
    price.product_id,
    price.price_id,
    price.date,
    price.price,
    price.currency,
    case when price.currency = 'RUB' then '0' else '1' || price.currency end collate "C" as preference,
    min(case when price.currency = 'RUB' then '' else price.currency end collate "C")
      over (partition by price.product_id order by price.date, price.price_id) as preferred
  from pricesschema.prices as price
  where price.date is not null
    and price.currency is not null
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
sold as materialized (
  select
    purchase.customer_id,
    product.category_id,
    case when price_range.price is not null and purchase.quantity is not null then price_range.currency end as currency,
    max(purchase.purchase_date) as last_purchase_date,
    coalesce(sum(purchase.quantity), 0) as total_quantity,
    sum(purchase.quantity * price_range.price) as total_amount,
    count(*) as purchases
  from purchasesschema.purchases as purchase
  left join productsschema.products as product
    on product.product_id = purchase.product_id
  left join price_range
    on price_range.product_id = purchase.product_id
    and purchase.purchase_date >= price_range.valid_from
    and purchase.purchase_date < price_range.valid_to
  group by 1, 2, 3
),
spent as (
  select
    customer_id,
    currency,
    max(last_purchase_date) as last_purchase_date,
    sum(total_quantity)::bigint as total_quantity,
    sum(total_amount) as total_amount,
    sum(purchases)::bigint as purchases
  from sold
  group by customer_id, currency
),
liked as (
  select
    customer_id,
    category_id,
    sum(total_quantity)::bigint as units,
    sum(sum(total_quantity)) over (partition by customer_id) as all_units,
    row_number() over (
      partition by customer_id, category_id is null
      order by sum(total_quantity) desc, sum(purchases) desc, category_id
    ) as place
  from sold
  where customer_id is not null
  group by customer_id, category_id
),
favourite as (
  select
    liked.customer_id,
    max(category.category_id) filter (where liked.place = 1) as category_id,
    max(category.name) filter (where liked.place = 1) as category_name,
    round(100 * max(liked.units) filter (where liked.place = 1) / nullif(max(liked.all_units), 0), 2) as percent,
    string_agg(category.name, ', ' order by liked.place) as names
  from liked
  inner join categoriesschema.categories as category
    on category.category_id = liked.category_id
  where liked.place <= 3
  group by liked.customer_id
)
select
  coalesce(spent.customer_id, customer.customer_id) as customer_id,
  customer.name as customer_name,
  spent.currency,
  spent.last_purchase_date,
  coalesce(spent.purchases, 0) as purchases,
  coalesce(spent.total_quantity, 0) as total_quantity,
  spent.total_amount,
  favourite.category_id as favourite_category_id,
  favourite.category_name as favourite_category_name,
  favourite.percent as favourite_percent,
  favourite.names as favourite_categories
from spent
full join customersschema.customers as customer
  on customer.customer_id = spent.customer_id
left join favourite
  on favourite.customer_id = customer.customer_id
order by 1, 3;
