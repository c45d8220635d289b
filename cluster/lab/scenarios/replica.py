"""The replica that reports are read from is killed, stops replaying, or is promoted."""

import os
import signal

from . import scenario


@scenario(limit=45)
def replica_killed(trial):
    """When the replica is killed while a report is read from it, no truncated report is published."""
    trial.read()
    replica = trial.cluster.replica()
    trial.fault()
    replica.kill("patroni", "postgres")


@scenario(limit=70)
def replica_cut_off(trial):
    """When the replica stops answering while a report is read from it, the run ends within its limit."""
    trial.read()
    replica = trial.cluster.replica()
    trial.fault()
    replica.pull_cable()


@scenario(limit=45)
def replica_promoted(trial):
    """When the replica is promoted while a report is read from it, the run publishes no rows from two timelines."""
    trial.read()
    leader = trial.cluster.leader()
    trial.fault()
    # The leader is killed. The read continues on the promoted server, but the session that receives its rows is lost.
    leader.kill("patroni", "postgres", "vip-manager")
    trial.wait_for_new_leader(leader)
    leader.start("patroni")
    trial.later_run()


@scenario(limit=60, statuses=(75,))
def replay_paused(trial):
    """When replay on the replica is paused, the run waits for on_lag.wait and publishes nothing."""
    replica = trial.cluster.replica()
    startup = _startup_process(replica)
    os.kill(startup, signal.SIGSTOP)
    try:
        trial.fault()
        trial.start_run()
        trial.outcome()
    finally:
        os.kill(startup, signal.SIGCONT)


def _startup_process(host):
    """The startup process, which replays WAL. (Patroni resumes a replay that SQL has paused.)"""
    found = []
    for process in host.processes("postgres"):
        with open(f"/proc/{process}/cmdline", "rb") as file:
            if b"startup recovering" in file.read():
                found.append(process)
    if len(found) != 1:
        raise OSError(f"{host.name} does not have exactly one startup process: {found}")
    return found[0]
