"""The pair of servers of the bench, and the resources that they use."""

import glob
import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass

from .process import run

DATABASE = "bench"


@dataclass
class Sample:
    """One repetition of one case. Seconds and bytes."""

    wall: float
    client_cpu: float
    primary_cpu: float
    replica_cpu: float
    wal: int
    peak_rss: int


def find_psql():
    """The path of psql itself: Debian's /usr/bin/psql is a Perl wrapper."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/psql"), key=lambda path: int(path.split("/")[4]))
    return found[-1] if found else shutil.which("psql")


class Session:
    """A psql that stays connected, so that queries of the bench use almost no resources of the server."""

    def __init__(self, psql, conninfo):
        self.process = subprocess.Popen(
            [psql, "-XAtq", "-v", "ON_ERROR_STOP=0", "-d", conninfo], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def ask(self, sql):
        self.process.stdin.write(f"{sql};\n\\echo -- end --\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line == "-- end --\n":
                text = "".join(lines).rstrip("\n")
                if text.startswith(("ERROR:", "FATAL:")):
                    raise RuntimeError(f"{text}\n{sql}")
                return text
            lines.append(line)
        raise RuntimeError("the connection to a server of the bench is lost: " + "".join(lines))

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Pair:
    """The sandbox of the bench's project; `close` removes it."""

    def __init__(self, reportgen, project):
        self.reportgen, self.project, self.psql = reportgen, project, find_psql()
        self.sessions = {}
        self.status = None

    def start(self):
        run([self.reportgen, "sandbox", "up", "--quiet", "--project", self.project])
        answer = subprocess.run(
            [self.reportgen, "sandbox", "status", "--format", "json", "--project", self.project],
            check=True, capture_output=True, text=True)
        self.status = json.loads(answer.stdout)
        # No autovacuum during measurements: the bench vacuums and analyzes its tables itself.
        for name in ("primary", "replica"):
            self.sessions[name] = Session(self.psql, self.conninfo(name))
        self.ask("alter system set autovacuum_naptime = '1d'")
        for name in ("primary", "replica"):
            self.ask("select pg_reload_conf()", name)

    def close(self):
        for session in self.sessions.values():
            session.close()
        self.sessions = {}
        subprocess.run([self.reportgen, "sandbox", "down", "--quiet", "--project", self.project],
                       capture_output=True, check=False)
        for folder in (self.status or {}).get("dataDirectory"), (self.status or {}).get("socketDirectory"):
            if folder:
                shutil.rmtree(folder, ignore_errors=True)

    def conninfo(self, server, user="postgres", database=DATABASE):
        port = self.status[server]["port"]
        return f"host={self.status['socketDirectory']} port={port} user={user} dbname={database}"

    def variables(self, database):
        """Makes reportgen use another database of the same servers."""
        return {
            "REPORTGEN_PRIMARY": self.conninfo("primary", "reportgen_writer", database),
            "REPORTGEN_REPLICA": self.conninfo("replica", "reportgen_reader", database),
        }

    def ask(self, sql, server="primary"):
        return self.sessions[server].ask(sql)

    def load(self, file, database=DATABASE, *variables):
        options = [word for variable in variables for word in ("-v", variable)]
        run([self.psql, "-Xq", "-v", "ON_ERROR_STOP=1", *options, "-d", self.conninfo("primary", "postgres", database),
             "-f", str(file)])

    def execute(self, sql, database=DATABASE):
        run([self.psql, "-Xq", "-v", "ON_ERROR_STOP=1", "-d", self.conninfo("primary", "postgres", database),
             "-c", sql])

    # Measuring.

    def measure(self, *commands, checkpoint=False, **options):
        """Runs a pipeline, and measures it and both servers until the replica has replayed everything."""
        if checkpoint:
            self.ask("checkpoint")
            self.catch_up()
            self.ask("checkpoint", "replica")
        self.catch_up()
        before = self._counters()
        usage = run(*commands, **options)
        self.catch_up()
        after = self._counters()
        return Sample(
            wall=usage.wall, client_cpu=usage.cpu, peak_rss=usage.peak_rss, primary_cpu=after[0] - before[0],
            replica_cpu=after[1] - before[1], wal=after[2] - before[2])

    def catch_up(self):
        """Waits until the replica has replayed all WAL, and until the processes of ended sessions have exited."""
        target = self._position()
        # Just past a page header there is no record to replay.
        if target % 8192 in (24, 40):
            target -= target % 8192
        deadline = time.monotonic() + 600
        while self.ask(f"select pg_last_wal_replay_lsn() - '0/0' >= {target}", "replica") != "t":
            if time.monotonic() > deadline:
                raise RuntimeError("the replica did not replay all WAL in time")
            time.sleep(0.005)
        others = "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"
        for server in ("primary", "replica"):
            while self.ask(others, server) != "0" and time.monotonic() < deadline:
                time.sleep(0.002)

    def _position(self):
        return int(self.ask("select pg_current_wal_insert_lsn() - '0/0'"))

    def _counters(self):
        wal = self._position()
        return (cpu_seconds(self.status["primary"]["processID"]), cpu_seconds(self.status["replica"]["processID"]), wal)


def cpu_seconds(postmaster):
    """The CPU time of a server: of its postmaster and of all child processes, ended or running."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(entry) == postmaster:
            total += sum(int(field) for field in fields[11:15])
        elif int(fields[1]) == postmaster:
            total += int(fields[11]) + int(fields[12])
    return total / ticks
