-- Each month at a glance, beside the month before, with its strongest category and supplier.
--
-- A view over the summary tables of sales-monthly, sales-by-category, sales-by-supplier and sales-undated. A row is one
-- month and one currency; purchases without a date are one more row, with neither.
--
-- previous_amount is that of the calendar month before, null where it had no sales in the currency. The top category
-- and supplier have the highest amount; of equal ones that with the lower id. Goods without one are not in the running.
--
-- Nulls: the row of a month with currency null is what could not be valued; it has no amounts and nothing on top.

with top_category as (
  select distinct on (sold.purchase_month, sold.currency)
    sold.purchase_month,
    sold.currency,
    sold.category_name,
    sold.total_amount
  from reports.sales_by_category as sold
  where sold.category_id is not null
    and sold.currency is not null
  order by sold.purchase_month, sold.currency, sold.total_amount desc, sold.category_id
),
top_supplier as (
  select distinct on (sold.purchase_month, sold.currency)
    sold.purchase_month,
    sold.currency,
    sold.supplier_name,
    sold.total_amount
  from reports.sales_by_supplier as sold
  where sold.supplier_id is not null
    and sold.currency is not null
  order by sold.purchase_month, sold.currency, sold.total_amount desc, sold.supplier_id
),
compared as (
  select
    monthly.purchase_month,
    monthly.currency,
    monthly.total_quantity,
    monthly.total_amount,
    monthly.unpriced_quantity,
    monthly.purchases,
    sum(monthly.total_amount) over (
      partition by monthly.currency
      order by monthly.purchase_month
      range between interval '1 month' preceding and interval '1 month' preceding
    ) as previous_amount
  from reports.sales_monthly as monthly
)
select
  compared.purchase_month,
  compared.currency,
  compared.total_quantity,
  compared.total_amount,
  compared.unpriced_quantity,
  compared.purchases,
  compared.previous_amount,
  round(100 * (compared.total_amount - compared.previous_amount) / nullif(compared.previous_amount, 0), 2)
    as change_percent,
  top_category.category_name as top_category_name,
  top_category.total_amount as top_category_amount,
  top_supplier.supplier_name as top_supplier_name,
  top_supplier.total_amount as top_supplier_amount
from compared
left join top_category
  on top_category.purchase_month = compared.purchase_month
  and top_category.currency = compared.currency
left join top_supplier
  on top_supplier.purchase_month = compared.purchase_month
  and top_supplier.currency = compared.currency
union all
select
  null,
  null,
  sum(undated.total_quantity)::bigint,
  null,
  sum(undated.total_quantity)::bigint,
  sum(undated.purchases)::bigint,
  null,
  null,
  null,
  null,
  null,
  null
from reports.sales_undated as undated
having count(*) > 0;
