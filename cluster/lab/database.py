"""psql on the members, as the superuser that only the host itself lets in, and the store's data."""

import os
import re
import subprocess

from .place import HERE

PROJECT = os.path.dirname(os.path.dirname(HERE))
PURCHASES = 20000


class SQLError(Exception):
    """psql failed; the text is what it said."""


def query(host, sql, database="internetshop", limit=30.0):
    """The rows of a query on this member, as psql -At prints them. Raises SQLError."""
    done = subprocess.run(
        host.enter(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"], "postgres"),
        input=sql, capture_output=True, text=True, timeout=limit, check=False, cwd="/")
    if done.returncode:
        raise SQLError(done.stderr.strip())
    return done.stdout.rstrip("\n")


def load_store(cluster):
    """What an operator does once: the database, the project's own SQL files, and the logins."""
    leader = cluster.leader()
    query(leader, f"create database {cluster.database}", "postgres")
    script = [
        "set client_min_messages = warning; set synchronous_commit = off; set timezone = 'Europe/Moscow';",
        f"\\set purchases {PURCHASES}", "begin;"]
    # As reportgen.yaml lists them for the sandbox; the number of purchases is the lab's.
    for file in "sql/store/schema.sql", "sql/roles.sql", "sql/store/sample.sql":
        with open(os.path.join(PROJECT, file), encoding="utf-8") as text:
            script.append(text.read())
    script += ["call sample.load(:purchases, current_date);", "commit;", "\\i /etc/patroni/logins.sql"]
    query(leader, "\n".join(script), cluster.database, 60)


def waiting_for_replay(cluster):
    """Whether the replica has not shown yet what the leader has now."""
    leader, replica = cluster.leader(), cluster.replica()
    if not leader or not replica:
        return True
    position = query(leader, "select pg_current_wal_insert_lsn()")
    if not re.fullmatch(r"[0-9A-F]+/[0-9A-F]+", position):
        raise SQLError(f"no position: {position}")
    return query(replica, f"select pg_last_wal_replay_lsn() >= '{position}'") != "t"
