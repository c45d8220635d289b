"""Runs psql on the members as the superuser, over the local socket, and loads the store's data."""

import os
import subprocess

from .place import HERE

PROJECT = os.path.dirname(os.path.dirname(HERE))
PURCHASES = 20000


class SQLError(Exception):
    """psql failed; the text is its standard error."""


def query(host, sql, database="internetshop", limit=30.0):
    """The rows of a query on this member, as psql -At prints them. Raises SQLError."""
    done = subprocess.run(
        host.enter(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"], "postgres"),
        input=sql, capture_output=True, text=True, timeout=limit, check=False, cwd="/")
    if done.returncode:
        raise SQLError(done.stderr.strip())
    return done.stdout.rstrip("\n")


def load_store(cluster):
    """Creates the database, runs the project's SQL files, and sets the logins, as an operator does once."""
    leader = cluster.leader()
    query(leader, f"create database {cluster.database}", "postgres")
    script = [
        "set client_min_messages = warning; set synchronous_commit = off; set timezone = 'Europe/Moscow';",
        f"\\set purchases {PURCHASES}", "begin;"]
    # The files that reportgen.yaml lists for the sandbox, with the lab's number of purchases.
    for file in "sql/store/schema.sql", "sql/roles.sql", "sql/store/sample.sql":
        with open(os.path.join(PROJECT, file), encoding="utf-8") as text:
            script.append(text.read())
    script += ["call sample.load(:purchases, current_date);", "commit;", "\\i /etc/patroni/logins.sql"]
    query(leader, "\n".join(script), cluster.database, 60)


def add_sales(leader):
    """Gives the next run work: adds late sales of the last days, and removes published intervals."""
    query(leader, """
      set timezone = 'Europe/Moscow';
      begin;
      insert into purchasesschema.purchases (customer_id, product_id, quantity, purchase_date)
      select customer_id, product_id, 1 + purchase_id % 9, current_date - 1 - (purchase_id % 8)::integer
      from purchasesschema.purchases order by purchase_id desc limit 60;
      delete from reportgen.interval where report = 'sales-daily' and interval_start >= current_date - 9;
      delete from reports.sales_daily where purchase_date >= current_date - 9;
      delete from reportgen.interval
      where interval_start >= date_trunc('month', current_date) - interval '2 months' and report <> 'sales-daily'
        and isfinite(interval_start);
      commit;""")

