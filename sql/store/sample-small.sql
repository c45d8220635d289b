-- What the sandbox starts with: three years of purchases up to today, ready in about a second.
-- More of them with the environment variable STORE_PURCHASES, as "make store PURCHASES=10000000" sets it.
\getenv purchases STORE_PURCHASES
\if :{?purchases}
\else
  \set purchases 10000
\endif
call sample.load(:purchases, current_date);
