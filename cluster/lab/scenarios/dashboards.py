"""What Superset shows, and the two commands that make it."""

import os

from .. import database, superset as server
from . import scenario

_CHART = "sales-daily/total-units"


@scenario(limit=60, missing=server.missing)
def superset(trial):
    """Superset shows what a run published, through the virtual address; after a failover, too, the next run has it
    forget the rows before, and sync has nothing to change."""
    cluster = trial.cluster
    bundle = os.path.join(cluster.root, "bundle")
    trial.start_run()
    with server.running(cluster) as shown:
        trial.outcome()
        made = trial.command("superset", "bundle", "--output", bundle, "--format", "json").document()["assets"]
        shown.wait()
        with trial.reportgen.variables(shown.environment()):
            trial.command("superset", "sync", limit=180)
            for kind in "chart", "dashboard", "dataset":
                trial.expect(shown.count(kind) == made[kind], f"Superset has {shown.count(kind)} {kind}s of {made[kind]}")
            before = _judge(trial, shown, bundle)
            leader = cluster.leader()
            trial.fault()
            leader.kill("patroni", "postgres")
            trial.wait_for_new_leader(leader)
            trial.expect(shown.number(bundle, _CHART, forced=True) == before, "the chart changed with the leader")
            cluster.repair()
            database.add_sales(cluster.leader())
            trial.rerun()
            trial.expect(_judge(trial, shown, bundle) > before, "the chart has no row of the late sales")
            again = trial.command("superset", "sync", "--format", "json", limit=180).document()
            trial.expect(again.get("changes") == [] and again.get("unchanged"), f"the second sync: {again}")


def _judge(trial, shown, bundle):
    """What the chart shows, from the cache if it is there; compared with the table."""
    units = shown.number(bundle, _CHART)
    published = database.query(trial.cluster.leader(), "select sum(total_quantity) from reports.sales_daily")
    trial.expect(str(units) == published, f"the chart shows {units}, the table has {published}")
    return units
