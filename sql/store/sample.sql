-- Sample data for the store, generated deterministically: the same arguments give the same rows on every server.
--
--   psql -v ON_ERROR_STOP=1 --single-transaction -f sql/store/sample.sql     after schema.sql
--   call sample.load(10000, date '2026-11-22')        about 10 thousand purchases over the three years up to that day
--   call sample.load(10000000, date '2026-11-22')     about a minute
--
-- Contains on purpose: Russian and English names, quotes, line breaks, markup and emoji in a few of them; a strong
-- Christmas and a weak summer, weekends above weekdays, a Black Friday; a few products that sell most; products without
-- a price, purchases before the first price, two prices of one day, prices in up to three currencies; nulls wherever
-- the store allows them; a product never bought, a customer who never bought, a category without products, two
-- categories and two customers of one name.

create schema sample;

-- A pseudo-random number from 0 to 2^63 - 1. PostgreSQL uses this hash for partitions, so it is the same in every
-- version.
create function sample.bits(id bigint, salt integer) returns bigint
  language sql immutable strict parallel safe
  return hashint8extended(id, salt) & 9223372036854775807;

-- A number from 0 to sides - 1.
create function sample.dice(id bigint, salt integer, sides bigint) returns bigint
  language sql immutable strict parallel safe
  return sample.bits(id, salt) % sides;

-- A number from 0 up to, not including, 1.
create function sample.portion(id bigint, salt integer) returns double precision
  language sql immutable strict parallel safe
  return (sample.bits(id, salt) >> 11)::double precision / 4503599627370496;

create function sample.pick(id bigint, salt integer, choices text[]) returns text
  language sql immutable strict parallel safe
  return choices[1 + sample.dice(id, salt, cardinality(choices))::integer];

-- The number of rows of each table for a number of purchases. Customers grow faster than products.
create function sample.scale(purchases bigint)
  returns table (products integer, customers integer, suppliers integer, manufacturers integer)
  language sql immutable strict
  return (
    least(3000, greatest(200, purchases / 500))::integer,
    greatest(500, purchases / 20)::integer,
    least(120, greatest(12, purchases / 20000))::integer,
    least(160, greatest(20, purchases / 10000))::integer);

-- Categories: the nouns of product names, and the middle of prices in roubles.
create function sample.category()
  returns table (category_id integer, name text, description text, nouns text[], roubles integer)
  language sql immutable
  begin atomic
    select *
    from (values
      (1, 'Электроника', 'Всё, что включается в розетку', array['Наушники', 'Монитор', 'Колонка', 'Роутер', 'Пауэрбанк'], 6500),
      (2, 'Books', 'Paper books in English', array['Novel', 'Cookbook', 'Atlas', 'Biography', 'Picture book'], 1400),
      (3, 'Книги', 'Книги на русском языке', array['Роман', 'Учебник', 'Словарь', 'Детектив', 'Сборник стихов'], 650),
      (4, 'Бытовая техника', null, array['Чайник', 'Утюг', 'Пылесос', 'Миксер', 'Тостер'], 5200),
      (5, 'Toys & Games', 'For ages 3 to 99', array['Puzzle', 'Board game', 'Teddy bear', 'Train set'], 1900),
      (6, 'Игрушки', E'Для детей\nи их родителей', array['Конструктор', 'Кукла', 'Машинка', 'Настольная игра'], 1500),
      (7, 'Одежда', 'Мужская, женская, детская', array['Футболка', 'Свитер', 'Куртка', 'Джинсы', 'Шарф'], 2800),
      (8, 'Shoes', null, array['Sneakers', 'Boots', 'Sandals', 'Slippers'], 4600),
      (9, 'Продукты', 'С доставкой за час', array['Чай', 'Кофе', 'Мёд', 'Шоколад', 'Гречка'], 420),
      (10, 'Красота и здоровье', null, array['Крем', 'Шампунь', 'Зубная щётка', 'Фен'], 780),
      (11, 'Sport', 'Indoor and outdoor', array['Yoga mat', 'Dumbbell', 'Tent', 'Bicycle helmet'], 3100),
      (12, 'Спорт', 'Лыжи, коньки, велосипеды', array['Лыжи', 'Коньки', 'Самокат', 'Рюкзак'], 5400),
      (13, 'Дом и сад', 'Дача начинается здесь', array['Лопата', 'Лейка', 'Светильник', 'Плед', 'Ваза'], 1700),
      (14, 'Office', '"Paper", pens and all between', array['Notebook', 'Pen', 'Stapler', 'Desk lamp'], 560),
      (15, 'Автотовары', null, array['Щётки стеклоочистителя', 'Компрессор', 'Видеорегистратор', 'Коврик'], 2600),
      (16, 'Зоотовары', 'Для кошек, собак и 🐹', array['Корм', 'Лежанка', 'Поводок', 'Когтеточка'], 1100),
      (17, 'Музыка', 'Инструменты и ноты', array['Гитара', 'Укулеле', 'Синтезатор', 'Метроном'], 9800),
      -- The same name twice, and a category without products.
      (18, 'Электроника', 'Уценённые товары', array['Смартфон', 'Планшет', 'Клавиатура'], 12500),
      (19, 'Подарочные карты', 'Скоро в продаже', array[]::text[], 1000)
    ) as made (category_id, name, description, nouns, roubles);
  end;

-- Categories with low numbers have more products. The first products have names written for their category.
create function sample.category_of(product_id bigint) returns integer
  language sql immutable strict parallel safe
  return coalesce(
    (array[4, 1, 13, 13, 14, 14, 13])[product_id],
    1 + least(sample.dice(product_id, 45, 18), sample.dice(product_id, 49, 18)));

-- Stops unless the store's tables are all empty.
create procedure sample.check_empty()
  language plpgsql
  set search_path = pg_catalog
as $$
begin
  if exists (select from purchasesschema.purchases) or exists (select from pricesschema.prices)
    or exists (select from productsschema.products) or exists (select from categoriesschema.categories)
    or exists (select from suppliersschema.suppliers) or exists (select from manufacturersschema.manufacturers)
    or exists (select from customersschema.customers)
  then
    raise exception 'the store is not empty'
      using detail = 'Sample data never mixes with rows that are there already. Nothing was changed.',
        hint = 'Load it into a new database.', errcode = 'object_not_in_prerequisite_state';
  end if;
end
$$;

create procedure sample.load_partners(suppliers integer, manufacturers integer, customers integer)
  language plpgsql
  set search_path = pg_catalog
as $$
begin
  insert into suppliersschema.suppliers (supplier_id, name, contact_info) overriding system value
  select
    id,
    case when sample.dice(id, 11, 3) > 0
      then format('%s «%s»', sample.pick(id, 12, array['ООО', 'АО', 'ИП', 'Торговый дом']),
        sample.pick(id, 13, array['Ромашка', 'Север', 'Восток', 'Вектор', 'Каскад', 'Меридиан', 'Альянс', 'Причал']))
      else format('%s %s', sample.pick(id, 13, array['North Star', 'Baltic', 'Harbour', 'Golden Gate', 'O''Neill']),
        sample.pick(id, 12, array['Trading', 'Supply Co.', 'Ltd', '"Wholesale"']))
    end || case when id > 12 then ' ' || id else '' end,
    case when sample.dice(id, 14, 6) > 0 then format('sales%s@supplier.example, +7 495 000-%s', id, lpad(id::text, 4, '0')) end
  from generate_series(1, suppliers) as id;

  insert into manufacturersschema.manufacturers (manufacturer_id, name, contact_info) overriding system value
  select
    id,
    sample.pick(id, 21, array['Вега', 'Заря', 'Nordlys', 'Полёт', 'Acme', 'Уралмаш', 'Kestrel', 'Рассвет', 'Lumen', 'Орион'])
      || case when id > 10 then ' ' || id else '' end,
    case when sample.dice(id, 22, 5) > 0 then format(E'Service %s\nhttps://maker%s.example', id, id) end
  from generate_series(1, manufacturers) as id;

  insert into customersschema.customers (customer_id, name, contact_info) overriding system value
  select
    id,
    case
      when id in (1, 2) then 'Иван Иванов'
      when id = 3 then 'Anna "Ann" O''Connor'
      when id = 4 then 'Zoë Müller 🌻'
      when sample.dice(id, 31, 100) < 55 then format('%s %s',
        sample.pick(id, 32, array['Иван', 'Пётр', 'Алексей', 'Дмитрий', 'Сергей', 'Николай', 'Михаил', 'Артём', 'Фёдор', 'Егор']),
        sample.pick(id, 33, array['Смирнов', 'Кузнецов', 'Попов', 'Соколов', 'Лебедев', 'Козлов', 'Новиков', 'Морозов',
          'Волков', 'Зайцев', 'Соловьёв', 'Щукин', 'Юдин', 'Яковлев', 'Жуков']))
      when sample.dice(id, 31, 100) < 85 then format('%s %s',
        sample.pick(id, 32, array['Мария', 'Анна', 'Елена', 'Ольга', 'Наталья', 'Татьяна', 'Ирина', 'Софья', 'Дарья', 'Юлия']),
        sample.pick(id, 33, array['Смирнова', 'Кузнецова', 'Попова', 'Соколова', 'Лебедева', 'Козлова', 'Новикова',
          'Морозова', 'Волкова', 'Зайцева', 'Соловьёва', 'Щукина', 'Юдина', 'Яковлева', 'Жукова']))
      else format('%s %s',
        sample.pick(id, 32, array['Emma', 'Liam', 'Olivia', 'Noah', 'Grace', 'Jack', 'Chloé', 'Oscar', 'Ruby', 'Leo']),
        sample.pick(id, 33, array['Smith', 'Jones', 'Taylor', 'Brown', 'Wilson', 'Evans', 'Walker', 'Green', 'Hall', 'Clarke']))
    end,
    case when sample.dice(id, 34, 7) > 0 then format('customer%s@mail.example', id) end
  from generate_series(1, customers) as id;
end
$$;

create procedure sample.load_products(products integer, suppliers integer, manufacturers integer)
  language plpgsql
  set search_path = pg_catalog
as $$
begin
  insert into categoriesschema.categories (category_id, name, description) overriding system value
  select category_id, name, description from sample.category();

  insert into productsschema.products (product_id, name, description, category_id, supplier_id, manufacturer_id)
    overriding system value
  select
    id,
    case id
      when 1 then 'Чайник «Дружба» 1,7 л'
      when 2 then 'Монитор 24" "Вега"'
      when 3 then E'Набор столовый:\nложка, вилка, нож'
      when 4 then 'Гирлянда 🎄 100 ламп'
      when 5 then '=1+1 — калькулятор'
      when 6 then '<b>R&D</b> notebook; 50% off'
      when 7 then E'  Плед\tклетчатый  '
      else format('%s %s %s-%s', sample.pick(id, 41, category.nouns),
        coalesce(manufacturer.name, 'No Name'), chr(65 + sample.dice(id, 42, 26)::integer), 100 + sample.dice(id, 43, 900))
    end,
    case when sample.dice(id, 44, 5) > 0 then format('%s. Артикул %s.', coalesce(category.description, category.name), 100000 + id) end,
    case when sample.dice(id, 46, 50) > 0 then category.category_id end,
    case when sample.dice(id, 47, 40) > 0 then 1 + sample.dice(id, 48, suppliers) end,
    manufacturer.manufacturer_id
  from generate_series(1, products) as id
  join sample.category() as category on category.category_id = sample.category_of(id)
  left join manufacturersschema.manufacturers as manufacturer
    on manufacturer.manufacturer_id = 1 + sample.dice(id, 50, manufacturers) and sample.dice(id, 51, 30) > 0;
end
$$;

-- A product's list prices change a few times a year; most are in roubles alone, some in dollars or euros, alone or too.
create procedure sample.load_prices(products integer, first_day date, until date)
  language plpgsql
  set search_path = pg_catalog
as $$
begin
  insert into pricesschema.prices (price_id, product_id, price, currency, date) overriding system value
  with listed as (
    select
      id,
      currency,
      rate,
      -- Every twelfth product was added later, and can have purchases before its first price.
      case when sample.dice(id, 61, 12) = 0 then first_day + 30 + sample.dice(id, 62, 600)::integer
        else first_day - 60 + sample.dice(id, 62, 60)::integer end as listed_from,
      3 + sample.dice(id, 63, 6)::integer as changes,
      greatest(90, category.roubles * (0.25 + 3 * sample.portion(id, 64) * sample.portion(id, 65))) as roubles
    from generate_series(1, products) as id
    join sample.category() as category on category.category_id = sample.category_of(id)
    cross join (values ('RUB', 1, 0, 80), ('USD', 90, 75, 90), ('EUR', 98, 88, 100)) as money (currency, rate, low, high)
    where sample.dice(id, 66, 100) between low and high - 1
      and sample.dice(id, 67, 50) > 0
  ),
  -- Twins are two prices of one day: the second one, with the higher price_id, is the valid one.
  changed as (
    select
      id,
      currency,
      step,
      twin,
      listed_from + (step * (until - listed_from) / changes)
        + case when step > 0 then sample.dice(id * 100 + step, 68, 25)::integer else 0 end as date,
      roubles / rate * (1 + 0.03 * step) * (0.92 + 0.16 * sample.portion(id * 100 + step, 69 + twin)) as price
    from listed
    cross join lateral generate_series(0, changes - 1) as step
    cross join lateral generate_series(0, (sample.dice(id * 100 + step, 72, 60) = 0)::integer) as twin
  ),
  numbered as (
    select *, row_number() over (order by date, id, currency, step, twin) as price_id
    from changed
    where date <= until
  )
  select
    price_id,
    case when sample.dice(price_id, 73, 400) > 0 then id end,
    case when sample.dice(price_id, 74, 300) > 0
      then round(price::numeric, case when currency = 'RUB' then 0 else 2 end) end,
    case when sample.dice(price_id, 75, 300) > 0 then currency end,
    case when sample.dice(price_id, 76, 300) > 0 then date end
  from numbered;
end
$$;

-- How many purchases each day has: `first_id` to `last_id`, `amount` of them in all.
create function sample.day_plan(amount bigint, first_day date, until date)
  returns table (day date, first_id bigint, last_id bigint)
  language sql immutable strict
  set search_path = pg_catalog
begin atomic
  with weighted as (
    select
      first_day + number as day,
      (array[100, 96, 94, 98, 118, 142, 128])[extract(isodow from first_day + number)::integer]
        * (array[84, 80, 96, 92, 90, 84, 76, 82, 94, 100, 122, 165])[extract(month from first_day + number)::integer]
        * (1000 + number / 4)
        * (90 + sample.dice(number, 81, 21))
        * case when extract(month from first_day + number) = 11 and extract(isodow from first_day + number) = 5
            and extract(day from first_day + number) between 23 and 29 then 2 else 1 end as weight
    from generate_series(0, until - first_day) as number
  ),
  summed as (
    select
      day,
      sum(weight) over (order by day) - weight as before,
      sum(weight) over (order by day) as through,
      sum(weight) over () as total
    from weighted
  )
  select day, 1 + div(amount * before, total)::bigint, div(amount * through, total)::bigint
  from summed;
end;

-- Purchases are inserted in the order of their days, as in a real store.
create procedure sample.load_purchases(amount bigint, products integer, customers integer, first_day date, until date)
  language plpgsql
  set search_path = pg_catalog
as $$
declare
  put_back text[];
  statement text;
begin
  -- Creating indexes and foreign keys after the rows takes a third of the time.
  select array_agg(made order by kind, name) into put_back
  from (
    select 1, indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    from pg_index
    where indrelid = 'purchasesschema.purchases'::regclass and not indisprimary
    union all
    select 2, conname::text, format('alter table purchasesschema.purchases add constraint %I %s', conname, pg_get_constraintdef(oid))
    from pg_constraint
    where conrelid = 'purchasesschema.purchases'::regclass and contype = 'f'
  ) as dropped (kind, name, made);
  for statement in
    select format('alter table purchasesschema.purchases drop constraint %I', conname)
    from pg_constraint
    where conrelid = 'purchasesschema.purchases'::regclass and contype = 'f'
    union all
    select format('drop index %s', indexrelid::regclass)
    from pg_index
    where indrelid = 'purchasesschema.purchases'::regclass and not indisprimary
  loop
    execute statement;
  end loop;

  -- One hash gives 31 bits for the product and 32 for the customer, another one the rest. Cubes of evenly spread
  -- numbers let a few products sell most, squares do so for customers. The stride, a prime, spreads the popular ones
  -- over the catalogue; the last rank never comes up.
  insert into purchasesschema.purchases (purchase_id, customer_id, product_id, quantity, purchase_date)
    overriding system value
  select
    id,
    case when luck % 97 > 0 then 1 + (trunc(share_2 * share_2 * (customers - 1))::bigint * 2654435761) % customers end,
    case when luck % 499 > 0 then 1 + (trunc(share_1 * share_1 * share_1 * (products - 1))::bigint * 2654435761) % products end,
    case when luck % 397 > 0 then (array[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 5, 6, 12])[1 + (luck >> 20) % 20] end,
    case when luck % 503 > 0 then day end
  from (
    select
      plan.day,
      id,
      (sample.bits(id, 91) >> 32)::double precision / 2147483648 as share_1,
      (sample.bits(id, 91) & 4294967295)::double precision / 4294967296 as share_2,
      sample.bits(id, 92) as luck
    from sample.day_plan(amount, first_day, until) as plan
    cross join lateral generate_series(plan.first_id, plan.last_id) as id
  ) as drawn;

  foreach statement in array put_back loop
    execute statement;
  end loop;
end
$$;

-- Sets the sequences, so that the next row gets the next number.
create procedure sample.continue_numbers()
  language plpgsql
  set search_path = pg_catalog
as $$
begin
  perform setval(pg_get_serial_sequence('categoriesschema.categories', 'category_id'), max(category_id)) from categoriesschema.categories;
  perform setval(pg_get_serial_sequence('suppliersschema.suppliers', 'supplier_id'), max(supplier_id)) from suppliersschema.suppliers;
  perform setval(pg_get_serial_sequence('manufacturersschema.manufacturers', 'manufacturer_id'), max(manufacturer_id)) from manufacturersschema.manufacturers;
  perform setval(pg_get_serial_sequence('customersschema.customers', 'customer_id'), max(customer_id)) from customersschema.customers;
  perform setval(pg_get_serial_sequence('productsschema.products', 'product_id'), max(product_id)) from productsschema.products;
  perform setval(pg_get_serial_sequence('pricesschema.prices', 'price_id'), max(price_id)) from pricesschema.prices;
  perform setval(pg_get_serial_sequence('purchasesschema.purchases', 'purchase_id'), max(purchase_id)) from purchasesschema.purchases;
end
$$;

-- Fills the empty store with `purchases` purchases over the three years that end with `until`, that day included.
create procedure sample.load(purchases bigint, until date)
  language plpgsql
  set search_path = pg_catalog
as $$
declare
  scale record;
  first_day date := (until - interval '3 years')::date + 1;
begin
  if purchases is null or purchases not between 1 and 2000000000 or until is null then
    raise exception 'cannot load % purchases up to %', coalesce(purchases::text, 'null'), coalesce(until::text, 'null')
      using hint = 'Give a number from 1 to 2000000000 and a day.', errcode = 'invalid_parameter_value';
  end if;
  call sample.check_empty();
  perform set_config('synchronous_commit', 'off', true);
  perform set_config('work_mem', '256MB', true);
  perform set_config('maintenance_work_mem', '512MB', true);

  select * into scale from sample.scale(purchases);
  call sample.load_partners(scale.suppliers, scale.manufacturers, scale.customers);
  call sample.load_products(scale.products, scale.suppliers, scale.manufacturers);
  call sample.load_prices(scale.products, first_day, until);
  call sample.load_purchases(purchases, scale.products, scale.customers, first_day, until);
  call sample.continue_numbers();

  analyze categoriesschema.categories, suppliersschema.suppliers, manufacturersschema.manufacturers,
    customersschema.customers, productsschema.products, pricesschema.prices, purchasesschema.purchases;
end
$$;
