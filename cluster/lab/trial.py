"""One scenario in progress: its run, its fault and the measured times."""

import contextlib
import os
import signal
import subprocess
import time

from . import database, facts

# The nightly service's run, with one job, so that the fault hits the same report every time.
NIGHTLY = ("run", "--all", "--jobs", "1", "--format", "json")
_GATE = "lab-gate"


class Trial:
    """The tools of a scenario: start a run, inject a fault, measure its consequences."""

    def __init__(self, cluster, reportgen, reports, scenario):
        self.cluster = cluster
        self.reportgen = reportgen
        self.reports = reports  # the output of "reportgen show NAME --format json" for each report
        self.scenario = scenario
        self.run = None
        self.seconds = {}
        self.complaints = []
        self.outcomes = []  # of every run so far; the first is the one with the fault
        self.later = None  # the one that started before the cluster was repaired
        self._fault = None

    # The run

    def start_run(self):
        """Starts a nightly run."""
        self.run = self.reportgen.start(*NIGHTLY)

    def read(self):
        """Starts a run, and waits until it copies rows of the slow report from the replica to the leader."""
        self.start_run()
        leader = self.cluster.leader()
        facts.wait("rows to be copied", lambda: self._must_go_on() and database.query(leader, """
          select count(*) from pg_stat_progress_copy where command = 'COPY FROM' and bytes_processed > 0
            and relid::regclass::text like 'reportgen_staging.%paced%'""") != "0", 30)
        time.sleep(0.3)

    @contextlib.contextmanager
    def publish(self):
        """Starts a run, and blocks the publish of the slow report until the end of the block."""
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
            # When the server has ended, so has its lock.
            with contextlib.suppress(database.SQLError, subprocess.TimeoutExpired):
                database.query(leader, f"""
                  select pg_terminate_backend(pid) from pg_stat_activity where application_name = '{_GATE}'""")
            os.killpg(holder.pid, signal.SIGKILL)
            holder.wait()

    def outcome(self):
        """Waits for the end of the run, within the scenario's limit, and checks its exit code."""
        if not self.outcomes:
            outcome = self.run.outcome(self.scenario.limit)
            self.outcomes.append(outcome)
            self._judge("the run", outcome, self.scenario.statuses, self.scenario.limit)
        return self.outcomes[0]

    def later_run(self):
        """Runs the command again after the end of the run and before the repair, as the timer does."""
        self.outcome()
        outcome = self.reportgen.run(*NIGHTLY, limit=60)
        self.outcomes.append(outcome)
        self.later = outcome
        self._judge("the run after it", outcome, (0, 75), 60)

    def command(self, *arguments, statuses=(0,), limit=60):
        """Runs a command beside the run, and checks its exit code."""
        outcome = self.reportgen.run(*arguments, limit=limit)
        self._judge(" ".join(arguments), outcome, statuses, limit)
        return outcome

    def doctor(self, status, *wanted, also=()):
        """Checks the exit code of doctor, and what it says that is not "ok": these texts, perhaps those of `also`, and
        no others. A finding is one text: level, area, subject, fact and hint."""
        outcome = self.command("doctor", "--format", "json", statuses=(status,))
        told = [
            f'{finding["level"]} {finding["area"]}, {finding["subject"]}: {finding["fact"]}; {finding.get("hint", "")}'
            for finding in outcome.document() or [] if finding["level"] != "ok"]
        for text in wanted:
            self.expect(any(text in line for line in told), f'doctor did not say "{text}": {told}')
        for line in told:
            self.expect(any(text in line for text in (*wanted, *also)), f"doctor said: {line}")

    def rerun(self):
        """The run after the repair, which must publish everything that is missing."""
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
        """Records the time of the fault, from which consequences are measured."""
        self._fault = time.monotonic()

    def measure(self, what, condition, limit=30.0):
        """Waits for a consequence of the fault, and records how many seconds after the fault it came."""
        found = facts.wait(what, condition, limit, 0.02)
        self.seconds[what] = time.monotonic() - self._fault
        return found

    def note(self, what):
        """Records the seconds since the fault or since the last note."""
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
        """Records an error unless the condition holds."""
        if not condition:
            self.complaints.append(complaint)
