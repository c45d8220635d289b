-- The sandbox's data: three years of purchases up to today, loaded in about a second. The environment variable
-- STORE_PURCHASES sets the number of purchases; "make store PURCHASES=10000000" sets it.
\getenv purchases STORE_PURCHASES
\if :{?purchases}
\else
  \set purchases 10000
\endif
call sample.load(:purchases, current_date);
