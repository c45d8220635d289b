"""Which roles can connect from which hosts, and what they may do."""

import os

from rendering import passwords

from . import scenario


@scenario(limit=45, statuses=(0,))
def strangers(trial):
    """Each role connects only from its own hosts and has only its own rights, and a run has every right that it
    needs."""
    trial.start_run()
    trial.outcome()
    for host, role, database, sql, wanted in _cases(trial.cluster):
        said = _psql(trial.cluster, host, role, database, sql)
        trial.expect(wanted in said, f'{role} on {host.name}, "{sql}": {said.strip()}')
    leader = trial.cluster.leader()
    answer = trial.cluster.client.run(
        ["/usr/bin/python3", "-c", _POST, f"http://{leader.address}:8008/restart"], check=False).strip()
    trial.expect(answer == "401", f"Patroni restarts PostgreSQL without a password: {answer}")


_STORE = "select count(*) > 0 from purchasesschema.purchases"
_TABLE = "select count(*) > 0 from reports.sales_daily"
_POST = """
import sys, urllib.error, urllib.request
try:
    print(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
        urllib.request.Request(sys.argv[1], b"{}", method="POST"), timeout=5).status)
except urllib.error.HTTPError as error:
    print(error.code)
"""


def _cases(cluster):
    """Host, role, database, statement, and a text that psql's output must contain."""
    home, away = cluster.client, cluster.that_run("restore")[0]
    shop, refused = cluster.database, "no pg_hba.conf entry"
    return [
        (home, "superset", shop, _TABLE, "t"),
        (home, "superset", shop, "select count(*) > 0 from reportgen.report_health", "t"),
        (home, "superset", shop, _STORE, "permission denied"),
        (home, "superset", shop, "create table public.mine ()", "permission denied"),
        (home, "superset", "postgres", "select 1", refused),
        (home, "reportgen_reader", shop, _STORE, "t"),
        (home, "reportgen_reader", shop, "delete from reports.sales_daily", "read-only transaction"),
        (home, "reportgen_reader", shop, "begin read write; delete from reports.sales_daily", "permission denied"),
        (home, "reportgen_writer", shop, _TABLE, "permission denied"),
        (home, "reportgen_writer", shop, "set role reportgen_owner; " + _STORE, "permission denied"),
        (home, "postgres", shop, "select 1", refused),
        (home, "replicator", shop, "select 1", refused),
        (home, "rewind_user", "postgres", "select 1", refused),
        (away, "reportgen_reader", shop, "select 1", refused),
        (away, "reportgen_writer", shop, "select 1", refused),
        (away, "superset", shop, "select 1", refused),
    ]


def _psql(cluster, host, role, database, sql):
    """The output of psql on a host, connected to the virtual address with the role's password."""
    password = passwords.load(os.path.join(cluster.root, "secrets"), [])[role]
    return host.run(
        ["env", f"PGPASSWORD={password}", "PGCONNECT_TIMEOUT=5", "psql", "-XAtq", "-h", cluster.virtual_address,
         "-U", role, "-d", database, "-c", sql], check=False)
