"""Every command, on the healthy cluster and around a failover; what doctor says of broken ones."""

from .. import facts
from . import scenario

# With the connection strings of the rendered service file. Those for Superset are in dashboards.py.
_COMMANDS = (
    ("init",), ("plan", "--all"), ("plan", "sales-daily", "--diff"), ("verify", "sales-daily"), ("export", "sales-daily"),
    ("lint", "--online"), ("status",), ("history",))


@scenario(limit=45, statuses=(0,))
def commands(trial):
    """On the healthy cluster every command succeeds, and doctor finds nothing wrong."""
    trial.start_run()
    trial.outcome()
    for command in _COMMANDS:
        trial.command(*command)
    trial.command("test", "sales-daily", "--env", "sandbox", limit=120)
    trial.command("sandbox", "down")
    trial.cluster.repository.call("pgbackrest-backup@full")
    trial.doctor(0)


@scenario(limit=60)
def commands_after_failover(trial):
    """When the leader is killed, commands end 69 or 75 at once, and all succeed when the old leader is a replica."""
    trial.read()
    leader = trial.cluster.leader()
    trial.fault()
    leader.kill("patroni", "postgres")
    for command in ("status",), ("plan", "sales-daily"), ("verify", "sales-daily"), ("export", "sales-daily"):
        trial.command(*command, statuses=(69, 75), limit=20)
    trial.wait_for_new_leader(leader)
    trial.outcome()
    trial.cluster.repair()
    trial.rerun()
    for command in _COMMANDS:
        trial.command(*command)


@scenario(limit=45, statuses=(0,))
def doctor(trial):
    """doctor names a lost member of etcd (0), a virtual address that is not on the leader (75), and a server without
    Patroni that accepts writes besides the leader (1)."""
    trial.start_run()
    trial.outcome()
    cluster = trial.cluster
    leader, replica = cluster.leader(), cluster.replica()
    cluster.repository.call("pgbackrest-backup@full")
    cluster.repository.kill("etcd")
    trial.doctor(0, f"warning etcd, http://{cluster.repository.address}:2381",
                 f"warning certificates, https://{cluster.repository.address}:2379")
    cluster.repository.start("etcd")
    facts.wait("etcd", lambda: facts.etcd_serves(cluster.repository))
    for member in cluster.members:
        member.kill("vip-manager")
    trial.doctor(0)
    _judge_address(trial, leader, replica)
    trial.fault()
    leader.kill("patroni")
    trial.measure("new leader", lambda: cluster.leader() is replica)
    trial.doctor(
        1, "problem servers, replica: the string leads to no replica",
        f"{replica.address}:5432 accepts writes besides {cluster.virtual_address}:5432",
        f"problem patroni, leader: {replica.name}, but the primary's string leads to",
        "problem replication, primary: no replica is connected",
        f"warning replication, slot {replica.name}: nobody reads from it",
        also=(f"patroni, {leader.name}", f"patroni, https://{leader.address}", "archiving"))
    trial.command("run", "sales-daily", statuses=(75,))


def _judge_address(trial, leader, replica):
    """What doctor and runs say of the virtual address on nobody, on the replica, and on both hosts."""
    address = f"{trial.cluster.virtual_address}:5432"
    elsewhere = f"problem servers, primary: {leader.name} leads, {address} is on {replica.name}; Look at vip-manager there"
    _change(trial.cluster, leader, "del")
    trial.doctor(75, f"problem servers, primary: {leader.name} leads, and is not reached at {address}")
    trial.command("run", "sales-daily", statuses=(69,))
    _change(trial.cluster, replica, "add")
    trial.doctor(75, elsewhere)
    trial.command("run", "sales-daily", statuses=(75,))
    # With the address on both, it is where it was announced last.
    _change(trial.cluster, leader, "add")
    trial.doctor(0)
    _announce(trial.cluster, replica)
    trial.doctor(75, elsewhere)
    _change(trial.cluster, replica, "del")
    _announce(trial.cluster, leader)
    trial.doctor(0)


def _change(cluster, host, verb):
    """Adds or deletes the virtual address, and tells the network of a new one, as vip-manager does."""
    address = f'{cluster.virtual_address}/{cluster.inventory["cluster"]["prefix_length"]}'
    host.run(["ip", "address", verb, address, "dev", cluster.inventory["cluster"]["interface"]])
    if verb == "add":
        _announce(cluster, host)


def _announce(cluster, host):
    host.run(["arping", "-q", "-U", "-c", "1", "-I", cluster.inventory["cluster"]["interface"],
              cluster.virtual_address], check=False)
