"""The replica that reports read dies, stops replaying, or becomes the leader."""

import os
import signal

from . import scenario


@scenario(limit=45)
def replica_killed(trial):
    """When the replica is killed while a report is read from it, nothing truncated is published."""
    trial.read()
    replica = trial.cluster.replica()
    trial.fault()
    replica.kill("patroni", "postgres")


@scenario(limit=45)
def replica_cut_off(trial):
    """When the replica falls silent while a report is read from it, the run does not wait for it for ever."""
    trial.read()
    replica = trial.cluster.replica()
    trial.fault()
    replica.pull_cable()


@scenario(limit=45)
def replica_promoted(trial):
    """When the replica becomes the leader while a report is read from it, the run does not mix two histories."""
    trial.read()
    leader = trial.cluster.leader()
    trial.fault()
    # The leader dies; what is read goes on on the server that is promoted, and its rows have nowhere to go.
    leader.kill("patroni", "postgres", "vip-manager")
    trial.wait_for_new_leader(leader)
    leader.start("patroni")
    trial.later_run()


@scenario(limit=60, statuses=(75,))
def replay_paused(trial):
    """When the replica stands still, the run waits its time and publishes nothing."""
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
    """The process that replays. (Patroni resumes a replay that is paused by SQL.)"""
    found = []
    for process in host.processes("postgres"):
        with open(f"/proc/{process}/cmdline", "rb") as file:
            if b"startup recovering" in file.read():
                found.append(process)
    if len(found) != 1:
        raise OSError(f"no single process replays on {host.name}: {found}")
    return found[0]
