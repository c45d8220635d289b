"""A complete run of a small report: connecting, gate, checks, publish, confirm, ledger and files."""

from .others import DbtProject


class SmallRun:
    name = "small"

    def __init__(self, bench):
        self.bench, self.pair, self.results = bench, bench.pair, bench.results

    def run(self):
        statement = (self.bench.project / "reports/small.sql").read_text()
        psql = [self.pair.psql, "-Xq", "-d", self.pair.conninfo("replica"), "-c", statement]
        wrapper = ["psql", *psql[1:]]
        full, bare = "reportgen run, CSV and page", "reportgen run, no files"
        cases = {
            "psql -c, the statement alone": (psql, None),
            "the same by Debian's wrapper": (wrapper, None),
            full: (self.bench.reportgen("run", "small"), None),
            bare: (self.bench.reportgen("run", "small-bare"), None),
        }
        for command, environment in cases.values():  # creates tables and files
            self.pair.measure(command, env=environment)
        for _ in range(4 * self.bench.repetitions + 5):
            self.round(cases)
        if self.bench.dbt:
            dbt = DbtProject(self.bench.dbt, self.bench.folder / "dbt", self.pair, {"small_dbt": statement})
            self.pair.measure(dbt.command(), env=dbt.environment)
            for _ in range(self.bench.repetitions):
                self.round({"dbt run, one model": (dbt.command(), dbt.environment)})
        for case in (full, bare):
            self.results.target(self.name, f"{case}, warm", 1000 * self.results.median(self.name, case), 100, " ms")

    def round(self, cases):
        for name, (command, environment) in cases.items():
            self.results.add(self.name, name, self.pair.measure(command, env=environment))
