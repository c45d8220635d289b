"""The leader is killed, cut off from the network, or switched over."""

import time

from .. import database, facts
from . import scenario


@scenario(limit=45)
def leader_killed(trial):
    """When Patroni and PostgreSQL of the leader are killed while a report is read, the replica takes over."""
    trial.read()
    leader = trial.cluster.leader()
    trial.fault()
    leader.kill("patroni", "postgres")
    trial.wait_for_new_leader(leader)


@scenario(limit=45)
def leader_killed_in_publish(trial):
    """When the leader is killed during a publish, all of its rows are visible or none."""
    leader = trial.cluster.leader()
    with trial.publish():
        trial.fault()
        leader.kill("patroni", "postgres")
    trial.wait_for_new_leader(leader)


@scenario(limit=45)
def leader_lost(trial):
    """When the leader's host loses its power and its address no longer answers, the run ends within its limit."""
    trial.read()
    leader = trial.cluster.leader()
    trial.fault()
    leader.power_off()
    trial.wait_for_new_leader(leader)


@scenario(limit=45)
def postgres_killed(trial):
    """When PostgreSQL of the leader is killed and Patroni restarts it, the leader stays the leader."""
    trial.read()
    leader = trial.cluster.leader()
    trial.fault()
    leader.kill("postgres")
    trial.measure("leader back", lambda: trial.cluster.leader() is leader and _takes_writes(leader))


@scenario(limit=45)
def patroni_killed(trial):
    """When only the leader's Patroni is killed, what its PostgreSQL still commits is lost, and no run has confirmed
    it."""
    trial.read()
    leader = trial.cluster.leader()
    trial.fault()
    leader.kill("patroni")
    trial.wait_for_new_leader(leader)
    trial.expect(_takes_writes(leader), "the old leader no longer accepted writes")
    # A run that starts now finds two servers that are primaries.
    trial.later_run()


@scenario(limit=45)
def patroni_killed_in_publish(trial):
    """When the leader's Patroni is killed during a publish that the old leader could still commit, all of its rows
    are visible or none."""
    leader = trial.cluster.leader()
    with trial.publish():
        trial.fault()
        leader.kill("patroni")
        trial.wait_for_new_leader(leader)
        trial.expect(_takes_writes(leader), "the old leader no longer accepted writes")


@scenario(limit=60)
def leader_cut_off(trial):
    """When the leader is cut off from the network and still accepts writes, no run confirms rows that only it has."""
    trial.read()
    leader = trial.cluster.leader()
    trial.fault()
    leader.pull_cable()
    trial.expect(_takes_writes(leader), "the leader did not accept writes after it was cut off")
    trial.wait_for_new_leader(leader)
    trial.later_run()


@scenario(limit=45)
def switchover(trial):
    """When an operator switches over to the replica, the run succeeds, or the next one publishes its reports."""
    trial.read()
    leader = trial.cluster.leader()
    trial.fault()
    _switch(trial, leader)
    trial.wait_for_new_leader(leader)


@scenario(limit=45)
def switchover_in_publish(trial):
    """When an operator switches over during a publish, all of its rows are visible or none."""
    leader = trial.cluster.leader()
    with trial.publish():
        trial.fault()
        _switch(trial, leader)
    trial.wait_for_new_leader(leader)


@scenario(limit=60)
def address_moves(trial):
    """When the virtual address moves to the other host while rows are copied, all of them are published or none."""
    trial.read()
    cluster = trial.cluster
    leader, replica = cluster.leader(), cluster.replica()
    address = f'{cluster.virtual_address}/{cluster.inventory["cluster"]["prefix_length"]}'
    interface = cluster.inventory["cluster"]["interface"]
    for member in cluster.members:
        member.kill("vip-manager")
    trial.fault()
    leader.run(["ip", "address", "del", address, "dev", interface])
    replica.run(["ip", "address", "add", address, "dev", interface])
    # Announce the address on the network, as vip-manager does.
    replica.run(["arping", "-q", "-U", "-c", "1", "-I", interface, cluster.virtual_address], check=False)
    time.sleep(3)
    replica.run(["ip", "address", "del", address, "dev", interface])
    for member in cluster.members:
        member.start("vip-manager")
    trial.measure("address back", lambda: cluster.holders() == [leader])


@scenario(limit=60, statuses=(75,))
def lost_with_the_leader(trial):
    """When rows were published that no replica has received, and the leader is lost, no run has confirmed them."""
    cluster = trial.cluster
    leader, replica = cluster.leader(), cluster.replica()
    with trial.publish():
        # The publish commits while the replica receives no WAL.
        replica.pull_cable()
    attempt = facts.wait("the publish", lambda: database.query(leader, """
      select attempt_id from reportgen.report_run where report = 'paced' and state = 'published'"""), 20)
    trial.fault()
    leader.power_off()
    replica.plug_cable()
    trial.wait_for_new_leader(leader)
    left = database.query(replica, f"""
      select count(*) from reportgen.report_run
      where attempt_id = '{attempt}' and state in ('published', 'confirmed')""")
    trial.expect(left == "0", "the publish was not lost, so the scenario tested nothing")


def _takes_writes(host):
    try:
        return database.query(host, "select pg_current_xact_id() is not null", limit=5) == "t"
    except database.SQLError:
        return False


def _switch(trial, leader):
    candidate = next(member for member in trial.cluster.members if member is not leader)
    leader.run(["patronictl", "-c", "/etc/patroni/config.yml", "switchover", "--leader", leader.name, "--candidate",
                candidate.name, "--force"])
