-- Units and revenue of each month, added up from the daily summary table.
--
-- A row is one month and one currency. The month is named by its first day.
--
-- Every row of sales-daily counts once. The row with currency null is what could not be valued, as there.

select
  date_trunc('month', daily.purchase_date::timestamp)::date as purchase_month,
  daily.currency,
  sum(daily.total_quantity)::bigint as total_quantity,
  sum(daily.total_amount) as total_amount,
  sum(daily.unpriced_quantity)::bigint as unpriced_quantity,
  sum(daily.purchases)::bigint as purchases
from reports.sales_daily as daily
where daily.purchase_date >= :start
  and daily.purchase_date < :end
group by 1, 2
order by 1, 2;
