select 1 as id, repeat('fifty megabytes, ', 50 * 1024 * 1024 / 17) as text
