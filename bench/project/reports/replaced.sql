select id, day, product_id, product, amount, note
from bench.replaced
