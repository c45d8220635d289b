"""The leader dies, is cut off, or hands over."""

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
    """When the leader is killed while rows are being published, all of them are there or none."""
    leader = trial.cluster.leader()
    with trial.publish():
        trial.fault()
        leader.kill("patroni", "postgres")
    trial.wait_for_new_leader(leader)


@scenario(limit=45)
def leader_lost(trial):
    """When the leader's host loses its power and nobody answers there, the run does not wait for it for ever."""
    trial.read()
    leader = trial.cluster.leader()
    trial.fault()
    leader.power_off()
    trial.wait_for_new_leader(leader)


@scenario(limit=45)
def postgres_killed(trial):
    """When PostgreSQL of the leader is killed and its Patroni starts it again, the leader stays the leader."""
    trial.read()
    leader = trial.cluster.leader()
    trial.fault()
    leader.kill("postgres")
    trial.measure("leader back", lambda: trial.cluster.leader() is leader and _takes_writes(leader))


@scenario(limit=45)
def patroni_killed(trial):
    """When only the leader's Patroni dies, what its PostgreSQL still takes is lost, and none of it was called done."""
    trial.read()
    leader = trial.cluster.leader()
    trial.fault()
    leader.kill("patroni")
    trial.wait_for_new_leader(leader)
    trial.expect(_takes_writes(leader), "the old leader did not take writes any more")
    # A run that begins now finds two servers that call themselves primary.
    trial.later_run()


@scenario(limit=45)
def patroni_killed_in_publish(trial):
    """When the leader's Patroni dies while rows are being published, and the old leader could still commit them, all of
    them are there or none."""
    leader = trial.cluster.leader()
    with trial.publish():
        trial.fault()
        leader.kill("patroni")
        trial.wait_for_new_leader(leader)
        trial.expect(_takes_writes(leader), "the old leader did not take writes any more")


@scenario(limit=60)
def leader_cut_off(trial):
    """When the leader is cut off and goes on taking writes for a while, nothing is called done that it alone has."""
    trial.read()
    leader = trial.cluster.leader()
    trial.fault()
    leader.pull_cable()
    trial.expect(_takes_writes(leader), "the leader did not take writes after it was cut off")
    trial.wait_for_new_leader(leader)
    trial.later_run()


@scenario(limit=45)
def switchover(trial):
    """When an operator hands the leader's office over, the run ends or is done by the next one."""
    trial.read()
    leader = trial.cluster.leader()
    trial.fault()
    _switch(trial, leader)
    trial.wait_for_new_leader(leader)


@scenario(limit=45)
def switchover_in_publish(trial):
    """When the office is handed over while rows are being published, all of them are there or none."""
    leader = trial.cluster.leader()
    with trial.publish():
        trial.fault()
        _switch(trial, leader)
    trial.wait_for_new_leader(leader)


@scenario(limit=60)
def address_moves(trial):
    """When the virtual address moves to the other host while rows are on their way, they do not land half."""
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
    # So that everybody on the network hears of it, as vip-manager does.
    replica.run(["arping", "-q", "-U", "-c", "1", "-I", interface, cluster.virtual_address], check=False)
    time.sleep(3)
    replica.run(["ip", "address", "del", address, "dev", interface])
    for member in cluster.members:
        member.start("vip-manager")
    trial.measure("address back", lambda: cluster.holders() == [leader])


@scenario(limit=60, statuses=(75,))
def lost_with_the_leader(trial):
    """When rows are published that no replica has, and the leader is gone with them, they were never called done."""
    cluster = trial.cluster
    leader, replica = cluster.leader(), cluster.replica()
    with trial.publish():
        # The replica hears nothing any more, and the publish goes through.
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
    trial.expect(left == "0", "the publish was not lost, so nothing was tried")


def _takes_writes(host):
    try:
        return database.query(host, "select pg_current_xact_id() is not null", limit=5) == "t"
    except database.SQLError:
        return False


def _switch(trial, leader):
    candidate = next(member for member in trial.cluster.members if member is not leader)
    leader.run(["patronictl", "-c", "/etc/patroni/config.yml", "switchover", "--leader", leader.name, "--candidate",
                candidate.name, "--force"])
