"""etcd loses members; the whole cluster loses its power."""

import shlex

from .. import facts
from . import scenario


@scenario(limit=45, statuses=(0,))
def etcd_one_lost(trial):
    """When one member of etcd is lost, the run succeeds."""
    trial.read()
    trial.fault()
    trial.cluster.leader().kill("etcd")


@scenario(limit=45, statuses=(0,))
def etcd_replaced(trial):
    """When a member of etcd loses its disk, it can be removed and added again during a run."""
    cluster = trial.cluster
    lost = cluster.repository
    trial.read()
    trial.fault()
    lost.kill("etcd")
    lost.run(["find", "/var/lib/etcd", "-mindepth", "1", "-delete"])
    # It may have been the leader of etcd.
    others = [host for host in cluster.that_run("etcd") if host is not lost]
    facts.wait("etcd to go on without it", lambda: all(map(facts.etcd_serves, others)))
    member = next(
        line.split(", ")[0] for line in _etcdctl(trial, "member", "list").splitlines() if lost.address in line)
    _etcdctl(trial, "member", "remove", member)
    _etcdctl(trial, "member", "add", lost.name, f"--peer-urls=https://{lost.address}:2380")
    settings = "/etc/default/etcd"
    lost.run(["sed", "-i", "s/^ETCD_INITIAL_CLUSTER_STATE=.*/ETCD_INITIAL_CLUSTER_STATE=existing/", settings])
    lost.start("etcd")
    trial.measure("member back", lambda: facts.etcd_serves(lost))
    lost.run(["sed", "-i", "s/^ETCD_INITIAL_CLUSTER_STATE=.*/ETCD_INITIAL_CLUSTER_STATE=new/", settings])


@scenario(limit=60, statuses=(75,))
def etcd_two_lost(trial):
    """When two members of etcd are lost, the leader is demoted, and the run publishes nothing more."""
    trial.read()
    leader = trial.cluster.leader()
    trial.fault()
    for host in [host for host in trial.cluster.that_run("etcd") if host is not leader]:
        host.kill("etcd")
    trial.measure("no leader", lambda: facts.patroni(leader, "/primary")[0] != 200)
    trial.measure("address gone", lambda: not trial.cluster.holders())


@scenario(limit=60)
def cluster_restarted(trial):
    """When both PostgreSQL hosts lose their power and all of etcd is killed, confirmed rows are there after the
    restart."""
    trial.read()
    trial.fault()
    for member in trial.cluster.members:
        member.power_off()
    for host in trial.cluster.that_run("etcd"):
        host.kill("etcd", "pgbackrest")
    trial.cluster.repair()
    trial.measure("whole again", trial.cluster.is_whole)


def _etcdctl(trial, *words):
    leader = trial.cluster.leader()
    # With its endpoint alone: the lost member is one of all.
    words = shlex.join([f"--endpoints={leader.address}:2379", *words])
    return leader.run(["sh", "-ec", f". /etc/etcd/etcdctl.sh; unset ETCDCTL_ENDPOINTS; etcdctl {words}"])
