"""Runs scenarios one after another on one lab, and prints the result of each."""

import os
import sys
import time
import traceback
import uuid

from . import database, facts, oracle, scenarios
from .command import Reportgen
from .trial import NIGHTLY, Trial


class Result:
    """The result of a scenario: one row of the table."""

    def __init__(self, scenario, trial, seconds):
        self.scenario = scenario
        self.complaints = trial.complaints
        self.status = trial.outcomes[0].status if trial.outcomes else None
        self.run_seconds = trial.outcomes[0].seconds if trial.outcomes else None
        # The exit code of a run that started before the cluster was repaired; None when the scenario has none.
        self.later_status = trial.later.status if trial.later else None
        self.measured = trial.seconds
        self.seconds = seconds


class Runner:
    """Runs scenarios on a cluster with the store's data and its nightly reports."""

    def __init__(self, cluster, executable):
        self.cluster = cluster
        self.reportgen = Reportgen(cluster, executable)
        self._reports = []
        self._done = []  # JSON output of the last successful run

    def prepare(self):
        """Publishes every report once. Raises OSError when that fails."""
        self.reportgen.make_project()
        for arguments in ("init",), NIGHTLY:
            outcome = self.reportgen.run(*arguments)
            if outcome.status:
                raise OSError(f"reportgen {arguments[0]} ended {outcome.status}: {outcome.error}")
        self._done = [outcome.document()]
        for report in self.reportgen.run("list", "--format", "json").document():
            self._reports.append(self.reportgen.run("show", report["name"], "--format", "json").document())
        leader = self.cluster.leader()
        complaints = oracle.published(leader, self._reports, self.reportgen.folder)
        complaints += oracle.kept(leader, self.reportgen.folder, self._done)
        if complaints:
            raise OSError("; ".join(complaints))
        self._test_the_oracle(leader)

    def _test_the_oracle(self, leader):
        """Checks that the oracle finds a wrong row, and a run that does not exist."""
        change = "update reports.sales_daily set purchases = purchases {} 1 where purchase_date = " \
            "(select max(purchase_date) from reports.sales_daily)"
        database.query(leader, change.format("+"))
        seen = [
            oracle.published(leader, self._reports, self.reportgen.folder),
            oracle.files(leader, self.reportgen.folder)]
        database.query(leader, change.format("-"))
        never = {"run": str(uuid.uuid4()), "reports": [{"name": "sales-daily", "state": "confirmed"}]}
        seen.append(oracle.kept(leader, self.reportgen.folder, [never]))
        # What reads the table is wrong, too, when the period of its newest day is over.
        names = ["sales-daily"] + [report["name"] for report in self._reports if "reports.sales_daily" in report["reads"]]
        for complaints in seen:
            wrong = {name for name in names for complaint in complaints if name in complaint}
            if "sales-daily" not in wrong or len(complaints) != len(wrong):
                raise OSError(f"the oracle did not find exactly the error that was made: {complaints}")

    def run(self, scenario):
        """Runs one scenario, then repairs the cluster and checks it. The result contains the errors.

        Raises TooLate when the cluster of the previous scenario cannot be repaired.
        """
        self.cluster.repair()
        started = time.monotonic()
        trial = Trial(self.cluster, self.reportgen, self._reports, scenario)
        try:
            database.add_sales(self.cluster.leader())
            scenario.act(trial)
            trial.outcome()
            self._check(trial)
        except Exception as error:  # pylint: disable=broad-exception-caught
            trial.complaints.append(f"{type(error).__name__}: {error}")
            if not isinstance(error, (OSError, facts.TooLate, database.SQLError)):
                traceback.print_exc()
            if trial.run and trial.run.goes_on:
                trial.run.outcome(0.1)
        return Result(scenario, trial, time.monotonic() - started)

    def _check(self, trial):
        done = self._done + [outcome.document() for outcome in trial.outcomes]
        # Checked twice: with the new leader alone, and again after the repair, with the old leader back.
        if leader := self.cluster.leader():
            trial.complaints += oracle.kept(leader, self.reportgen.folder, done)
        mended = time.monotonic()
        self.cluster.repair()
        trial.seconds["whole again"] = time.monotonic() - mended
        leader = self.cluster.leader()
        trial.complaints += oracle.kept(leader, self.reportgen.folder, done)
        rerun = trial.rerun()
        self._done = [rerun.document()]
        trial.complaints += oracle.published(leader, self._reports, self.reportgen.folder)
        trial.complaints += oracle.kept(leader, self.reportgen.folder, self._done)


def run(cluster, executable, names):
    """Runs the scenarios of these names, or all. Returns the results."""
    known = {scenario.name: scenario for scenario in scenarios.load()}
    for name in names:
        if name not in known:
            raise OSError(f'no scenario is named "{name}"; the scenarios are {", ".join(known)}')
    possible = [name for name in names or known if _is_possible(known[name])]
    runner = Runner(cluster, executable)
    runner.prepare()
    results = []
    for name in possible:
        result = runner.run(known[name])
        results.append(result)
        print(line(result), flush=True)
        for complaint in result.complaints:
            print("    " + complaint.replace("\n", "\n    "), file=sys.stderr, flush=True)
        if result.complaints:
            cluster.print_logs("patroni")
    return results


def _is_possible(scenario):
    """Whether this machine has what a scenario needs. Raises OSError in CI, where no test is skipped."""
    reason = scenario.missing()
    if reason and os.environ.get("CI"):
        raise OSError(f'scenario "{scenario.name}": {reason}')
    if reason:
        print(f'SKIPPED: the scenario "{scenario.name}" of the lab: {reason}', file=sys.stderr, flush=True)
    return not reason


def line(result):
    """One line of text: outcome, name, exit code of the run, and measured times."""
    verdict = "FAILED" if result.complaints else "ok"
    run_seconds = "" if result.run_seconds is None else f" after {result.run_seconds:.1f} s"
    measured = ", ".join(f"{what} {seconds:.1f} s" for what, seconds in result.measured.items())
    later = "" if result.later_status is None else f", the next one {result.later_status}"
    told = f"run ended {result.status}{run_seconds}{later}; {measured} ({result.seconds:.0f} s in all)"
    return f"{verdict:<7}{result.scenario.name:<26}{told}"
