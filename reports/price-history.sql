-- How each product's price changed over time.
--
-- A row is one price as the store wrote it down. Prices of one product in one currency follow each other by date, those
-- of one day by price_id. A price is valid from valid_from up to, not including, valid_to, the day of the next price;
-- valid_to is null for the one still valid, and equals valid_from where a later price of the same day replaced it.
--
-- Nulls: a row without a product, a currency or a date has no place in a history: it is shown with nothing before or
-- after it. A row without a price ends the one before it; no change is computed from or to it.

with placed as (
  select
    price.price_id,
    price.product_id,
    price.currency,
    price.price,
    price.date,
    price.product_id is not null and price.currency is not null and price.date is not null as in_history
  from pricesschema.prices as price
),
followed as (
  select
    price_id, product_id, currency, price, date,
    case when in_history then lag(price) over history end as previous_price,
    case when in_history then lead(date) over history end as valid_to
  from placed
  window history as (partition by product_id, currency, in_history order by date, price_id)
)
select
  followed.price_id,
  followed.product_id,
  product.name as product_name,
  followed.currency,
  followed.date as valid_from,
  followed.valid_to,
  followed.price,
  followed.previous_price,
  followed.price - followed.previous_price as change,
  round(100 * (followed.price - followed.previous_price) / followed.previous_price, 2) as change_percent
from followed
left join productsschema.products as product
  on product.product_id = followed.product_id
order by followed.product_id, followed.currency, followed.date, followed.price_id;
