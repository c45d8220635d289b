"""One scenario in progress: a run that goes on, what is done to the cluster meanwhile, and what was measured."""

import contextlib
import os
import signal
import subprocess
import time

from . import database, facts

# "--all" as the nightly service has it; one at a time, so that the same report meets the fault every time.
NIGHTLY = ("run", "--all", "--jobs", "1", "--format", "json")
_GATE = "lab-gate"


class Trial:
    """What a scenario works with: it starts a run, does something to the cluster, and measures what follows."""

    def __init__(self, cluster, reportgen, reports, scenario):
        self.cluster = cluster
        self.reportgen = reportgen
        self.reports = reports  # what "reportgen show NAME --format json" says of each
        self.scenario = scenario
        self.run = None
        self.seconds = {}
        self.complaints = []
        self.outcomes = []  # of every run so far, the first of them under the fault
        self.later = None  # of those the one that began before the cluster was mended
        self._fault = None

    # The run

    def start_run(self):
        """Starts a nightly run."""
        self.run = self.reportgen.start(*NIGHTLY)

    def read(self):
        """Starts a run, and waits until rows of the slow report are on their way from the replica to the leader."""
        self.start_run()
        leader = self.cluster.leader()
        facts.wait("rows to be on their way", lambda: self._must_go_on() and database.query(leader, """
          select count(*) from pg_stat_progress_copy where command = 'COPY FROM' and bytes_processed > 0
            and relid::regclass::text like 'reportgen_staging.%paced%'""") != "0", 30)
        time.sleep(0.3)

    @contextlib.contextmanager
    def publish(self):
        """Starts a run, and holds the slow report's publish up for as long as the block lasts."""
        leader = self.cluster.leader()
        holder = subprocess.Popen(
            leader.enter(["psql", "-XAtq", "-d", self.cluster.database, "-c",
                          "begin; lock table reports.paced in share mode; select pg_sleep(600)"], "postgres",
                         {"PGAPPNAME": _GATE}),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
            start_new_session=True)
        try:
            facts.wait("the lock", lambda: database.query(
                leader, "select count(*) from pg_locks where relation = 'reports.paced'::regclass and granted"
                " and mode = 'ShareLock'") != "0")
            self.start_run()
            facts.wait("the publish", lambda: self._must_go_on() and database.query(leader, """
              select count(*) from pg_stat_activity where application_name = 'reportgen' and wait_event_type = 'Lock'
              """) != "0", 30)
            yield
        finally:
            # A server that is gone has no lock any more.
            with contextlib.suppress(database.SQLError, subprocess.TimeoutExpired):
                database.query(leader, f"""
                  select pg_terminate_backend(pid) from pg_stat_activity where application_name = '{_GATE}'""")
            os.killpg(holder.pid, signal.SIGKILL)
            holder.wait()

    def outcome(self):
        """Waits for the end of the run, within the scenario's limit, and judges its exit code."""
        if not self.outcomes:
            outcome = self.run.outcome(self.scenario.limit)
            self.outcomes.append(outcome)
            self._judge("the run", outcome, self.scenario.statuses, self.scenario.limit)
        return self.outcomes[0]

    def later_run(self):
        """After the end of the run, and before anything is mended, the timer's next try."""
        self.outcome()
        outcome = self.reportgen.run(*NIGHTLY, limit=60)
        self.outcomes.append(outcome)
        self.later = outcome
        self._judge("the run after it", outcome, (0, 75), 60)

    def rerun(self):
        """The run that brings everything in order, once the cluster is whole."""
        outcome = self.reportgen.run(*NIGHTLY, limit=60)
        self.outcomes.append(outcome)
        self._judge("the rerun", outcome, (0,), 60)
        return outcome

    def _judge(self, which, outcome, statuses, limit):
        if outcome.status is None:
            self.complaints.append(f"{which} did not end within {limit} s: {outcome.last_words()}")
        elif outcome.status not in statuses:
            self.complaints.append(f"{which} ended {outcome.status}: {outcome.last_words()}")

    def _must_go_on(self):
        if not self.run.goes_on:
            outcome = self.run.outcome(1)
            raise facts.TooLate(f"the run ended {outcome.status} before the fault: {outcome.last_words()}")
        return True

    # The fault and what follows from it

    def fault(self):
        """The moment that the times count from."""
        self._fault = time.monotonic()

    def measure(self, what, condition, limit=30.0):
        """Waits for a consequence of the fault, and notes how many seconds after it that was."""
        found = facts.wait(what, condition, limit, 0.02)
        self.seconds[what] = time.monotonic() - self._fault
        return found

    def note(self, what):
        """Notes that something is over now, which began with the fault or with the last note."""
        now = time.monotonic()
        self.seconds[what] = now - self._fault
        self._fault = now

    def wait_for_new_leader(self, old, limit=30.0):
        """Waits until another member is the leader and has the virtual address."""
        def is_there():
            leader = self.cluster.leader()
            return leader and leader is not old and leader in self.cluster.holders()
        self.measure("new leader", is_there, limit)

    def expect(self, condition, complaint):
        """Notes a complaint unless the condition holds."""
        if not condition:
            self.complaints.append(complaint)
