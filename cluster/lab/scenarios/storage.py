"""The archive fails, a disk fills up, backups are restored."""

import os
import time

from .. import database, facts, oracle
from . import scenario

_MEGABYTE = 1 << 20


@scenario(limit=60)
def archive_fails(trial):
    """When archiving fails, WAL accumulates and runs succeed; when the archive is back, all WAL is archived."""
    cluster = trial.cluster
    leader = cluster.leader()
    cluster.repository.kill("pgbackrest")
    trial.read()
    trial.fault()
    database.query(leader, "select pg_switch_wal()")
    trial.measure("archiving failed", lambda: _archiver(
        leader, "failed_count > 0 and last_failed_time > now() - '20 s'::interval"))
    outcome = trial.outcome()
    trial.expect(outcome.status == 0, f"the run ended {outcome.status}: {outcome.last_words()}")
    cluster.repository.start("pgbackrest")
    trial.fault()
    # After three failures the archiver waits for one minute; a reload wakes it.
    database.query(leader, "select pg_reload_conf()")
    trial.measure("archived again", lambda: _archiver(leader, "last_archived_time > last_failed_time"), 90)


@scenario(limit=90)
def disk_full(trial):
    """When WAL that is not archived fills the leader's disk, the replica takes over."""
    cluster = trial.cluster
    leader = cluster.leader()
    cluster.repository.kill("pgbackrest")
    trial.read()
    used = os.statvfs(leader.database_disk)
    leader.resize_disk((used.f_blocks - used.f_bfree) * used.f_frsize + 40 * _MEGABYTE)
    trial.fault()
    try:
        database.query(leader, """
          select pg_logical_emit_message(true, 'lab', repeat('x', 1000000)) from generate_series(1, 200)""")
        trial.expect(False, "200 MB of WAL fitted on the disk")
    except database.SQLError:
        pass
    trial.wait_for_new_leader(leader, 60)


@scenario(limit=60)
def backup_and_restore(trial):
    """When a full and a differential backup are restored to a time during a run, the ledger and the summary tables
    agree; the restore test passes, and reports a damaged backup."""
    cluster = trial.cluster
    scratch = cluster.that_run("restore")[0]
    trial.fault()
    cluster.repository.call("pgbackrest-backup@full")
    trial.note("full backup")
    database.add_sales(cluster.leader())
    cluster.repository.call("pgbackrest-backup@diff")
    trial.note("differential backup")
    # At that time "customer-preferences" is published, "paced" and the reports after it are not.
    with trial.publish():
        time.sleep(0.2)
        moment = database.query(cluster.leader(), "select clock_timestamp()")
        published = database.query(cluster.leader(), _PUBLISHED).splitlines()
        time.sleep(0.2)
    trial.outcome()
    database.query(cluster.leader(), "select pg_switch_wal()")
    trial.fault()
    scratch.run(["rm", "-rf", _data(cluster)])
    _restore(cluster, scratch, "--type=time", f"--target={moment}", "--target-action=promote")
    trial.note("restored")
    try:
        trial.expect(published, "nothing was published at that time")
        trial.expect(
            database.query(scratch, _PUBLISHED).splitlines() == published,
            "the restored ledger has other published reports")
        trial.complaints += oracle.agreement(scratch, trial.reports)
        begun = [report for report in trial.reports if report["name"] in published]
        trial.complaints += oracle.published(scratch, begun, trial.reportgen.folder, "published")
    finally:
        scratch.kill("postgres")
    trial.fault()
    _test_backups(trial)
    trial.note("both repositories tested")


def _test_backups(trial):
    """The timer's test, of sound backups and of one with a damaged file."""
    repository = trial.cluster.repository
    said = repository.call("pgbackrest-restore-test")
    trial.expect(said.count("blocks with right checksums") == 2, f"the restore test said: {said}")
    info = f"/var/lib/pgbackrest/archive/{trial.cluster.stanza}/archive.info"
    plain = repository.run(["grep", "--text", "--count", "db-system-id", info], check=False).strip()
    trial.expect(plain == "0", f"{info} is not encrypted: {plain}")
    # The list of its files, and the copy of that list.
    newest = f"/var/lib/pgbackrest/backup/{trial.cluster.stanza}/latest/backup.manifest"
    for file in newest, newest + ".copy":
        repository.run(["cp", "--archive", file, file + ".sound"])
        repository.run(["dd", "if=/dev/zero", f"of={file}", "bs=16", "count=1", "seek=64", "conv=notrunc", "status=none"])
    try:
        said = repository.call("pgbackrest-restore-test", check=False)
        failures = repository.run(["cat", "/var/log/pgbackrest/failures.log"], check=False)
        trial.expect("restore-test ended" in said, f"a damaged backup was restored: {said}")
        trial.expect("pgbackrest-restore-test" in failures, f"no failure was reported: {failures}")
    finally:
        for file in newest, newest + ".copy":
            repository.run(["mv", file + ".sound", file])


@scenario(limit=60, statuses=(0,))
def databases_lost(trial):
    """When both databases are lost, a restore brings back everything that was archived."""
    cluster = trial.cluster
    cluster.repository.call("pgbackrest-backup@diff")
    trial.start_run()
    trial.outcome()
    leader = cluster.leader()
    last = database.query(leader, "select pg_walfile_name(pg_switch_wal())")
    facts.wait("the archive", lambda: _archiver(leader, f"last_archived_wal >= '{last}'"), 30)
    trial.fault()
    for member in cluster.members:
        member.kill("patroni", "postgres")
        member.run(["rm", "-rf", _data(cluster)])
    first, *others = cluster.members
    # The answers to "patronictl remove"; it asks for the last one only while the leader key exists.
    first.run(["sh", "-c", f"printf '%s\\n' {cluster.scope} 'Yes I am aware' {leader.name} |"
               f" patronictl -c /etc/patroni/config.yml remove {cluster.scope}"])
    _restore(cluster, first)
    first.run(["pg_ctl", "-D", _data(cluster), "-w", "-m", "fast", "stop"], "postgres")
    trial.note("restored")
    first.start("patroni")
    facts.wait("the leader", lambda: cluster.leader() is first, 60)
    for member in others:
        member.start("patroni")
    cluster.wait_until_whole()
    trial.note("whole")


# The reports that the newest run has published.
_PUBLISHED = """
  select report from reportgen.report_run
  where state in ('published', 'confirmed')
    and run_id = (select run_id from reportgen.run order by started_at desc limit 1)
  order by report"""


def _archiver(host, condition):
    return database.query(host, f"select {condition} from pg_stat_archiver") == "t"


def _restore(cluster, host, *target):
    """Restores as in docs/cluster.md, "Restore to a point in time"; without a target, to the end of the archive."""
    data = _data(cluster)
    host.run(["install", "-d", "-m", "700", data], "postgres")
    host.run(["pgbackrest", f"--stanza={cluster.stanza}", *target, "restore"], "postgres", timeout=120)
    # Not reachable over the network; a copy must not archive into the archive that it came from.
    options = "-c listen_addresses=''" + (" -c archive_mode=off" if target else "")
    host.run(["pg_ctl", "-D", data, "-w", "-l", "/var/log/pgbackrest/restored.log", "-o", options, "start"], "postgres",
             quiet=True)
    facts.wait("the restored server", lambda: _is_open(host), 60)


def _data(cluster):
    settings = cluster.inventory["cluster"]
    return f'/var/lib/postgresql/{settings["postgresql"]}/{settings["scope"]}'


def _is_open(host):
    try:
        return database.query(host, "select not pg_is_in_recovery()") == "t"
    except database.SQLError:
        return False
