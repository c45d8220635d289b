-- What the sandbox starts with: three years of purchases up to today, ready in about a second.
call sample.load(10000, current_date);
