-- The online store's tables, as the store defines them: one schema for each table.
--
-- Runs once, on an empty database:
--   psql -v ON_ERROR_STOP=1 --single-transaction -f sql/store/schema.sql
-- Then sql/roles.sql, which grants rights on these tables.
--
-- Every foreign key, date, price and currency can be null: the store declares none of them NOT NULL.

create schema categoriesschema;
create schema suppliersschema;
create schema manufacturersschema;
create schema customersschema;
create schema productsschema;
create schema pricesschema;
create schema purchasesschema;

create table categoriesschema.categories (
  category_id integer generated always as identity primary key,
  name varchar(255) not null,
  description text
);

create table suppliersschema.suppliers (
  supplier_id integer generated always as identity primary key,
  name varchar(255) not null,
  contact_info text
);

create table manufacturersschema.manufacturers (
  manufacturer_id integer generated always as identity primary key,
  name varchar(255) not null,
  contact_info text
);

create table customersschema.customers (
  customer_id integer generated always as identity primary key,
  name varchar(255) not null,
  contact_info text
);

create table productsschema.products (
  product_id integer generated always as identity primary key,
  name varchar(255) not null,
  description text,
  category_id integer references categoriesschema.categories,
  supplier_id integer references suppliersschema.suppliers,
  manufacturer_id integer references manufacturersschema.manufacturers
);

create index products_category_id_idx on productsschema.products (category_id);
create index products_supplier_id_idx on productsschema.products (supplier_id);
create index products_manufacturer_id_idx on productsschema.products (manufacturer_id);
-- The store's pages: a category's products of one supplier, a product by its name, and words in names and descriptions.
create index products_category_id_supplier_id_idx on productsschema.products (category_id, supplier_id);
create index products_lower_name_idx on productsschema.products (lower(name));
create index products_words_idx on productsschema.products
  using gin (to_tsvector('russian', name || ' ' || coalesce(description, '')));

-- A history: a product's price on a day, in one currency, is the row with the latest date not after that day;
-- of several rows of one date, the one with the highest price_id.
create table pricesschema.prices (
  price_id integer generated always as identity primary key,
  product_id integer references productsschema.products,
  price numeric(10,2) check (price > 0),
  currency varchar(3),
  date date
);

create index prices_product_id_idx on pricesschema.prices (product_id);

create table purchasesschema.purchases (
  purchase_id integer generated always as identity primary key,
  customer_id integer references customersschema.customers,
  product_id integer references productsschema.products,
  quantity integer check (quantity > 0),
  purchase_date date
);

create index purchases_customer_id_idx on purchasesschema.purchases (customer_id);
create index purchases_product_id_idx on purchasesschema.purchases (product_id);
create index purchases_purchase_date_idx on purchasesschema.purchases (purchase_date);
