"""The time of commands that need no server."""

import shutil

from .others import sqlmesh
from .servers import Sample, find_psql

COLUMNS = [f"column_{number}" for number in range(1, 11)]


class Start:
    name = "start"

    def __init__(self, bench):
        self.bench, self.results = bench, bench.results

    def run(self):
        reports = len(list((self.bench.store / "reports").rglob("*.sql")))
        lint = f"reportgen lint, {reports} reports of the store"
        cases = {
            "/bin/true": ["/bin/true"],
            "psql --version (the program)": [find_psql(), "--version"],
            "psql --version (Debian's wrapper)": [shutil.which("psql"), "--version"],
            "reportgen --version": self.bench.reportgen("--version", project=None),
            lint: self.bench.reportgen("lint", project=self.bench.store),
        }
        self.repeat(cases, 5 * self.bench.repetitions + 10)
        slow = {"dbt --version": [self.bench.dbt, "--version"], "sqlmesh --version": [sqlmesh(), "--version"]}
        self.repeat({name: command for name, command in slow.items() if command[0]}, self.bench.repetitions)
        many = f"reportgen lint, {self.bench.sizes.definitions:,} definitions of ten columns"
        folder = self.make_definitions()
        self.repeat({many: self.bench.reportgen("lint", project=folder)}, self.bench.repetitions + 2)

        for text, case, limit in (
            ("reportgen --version", "reportgen --version", 20), (lint, lint, 20), (many, many, 1000),
        ):
            self.results.target(self.name, text, 1000 * self.results.median(self.name, case), limit, " ms")

    def repeat(self, cases, times):
        for _ in range(times):
            for name, command in cases.items():
                if not command[0]:
                    continue
                usage = self.bench.run(command)
                self.results.add(self.name, name, Sample(usage.wall, usage.cpu, 0, 0, 0, usage.peak_rss))

    def make_definitions(self):
        """Writes a project with about 1 kB of SQL and 1 kB of metadata for each report."""
        folder = self.bench.folder / "definitions"
        (folder / "reports").mkdir(parents=True)
        (folder / "reportgen.yaml").write_text("timezone: UTC\noutput: out\n")
        for number in range(self.bench.sizes.definitions):
            name = folder / f"reports/report-{number:04}"
            name.with_suffix(".sql").write_text(self.sql())
            name.with_suffix(".yaml").write_text(self.metadata(number))
        return folder

    @staticmethod
    def sql():
        sums = ",\n".join(
            f"  sum(purchase.quantity * price.price) filter (where price.price > {number}) as {name}"
            for number, name in enumerate(COLUMNS[1:]))
        return (
            f"-- Ten columns of each day.\nselect\n  purchase.purchase_date as {COLUMNS[0]},\n{sums}\n"
            "from purchasesschema.purchases as purchase\n"
            "left join pricesschema.prices as price on price.product_id = purchase.product_id\n"
            "where purchase.purchase_date >= :start and purchase.purchase_date < :end\n"
            "group by purchase.purchase_date\n")

    @staticmethod
    def metadata(number):
        columns = "".join(
            f"  {name}:\n    title: The {name.replace('_', ' ')}\n    description: What it adds up.\n" for name in COLUMNS)
        return (
            f"title: Report {number}\nperiod: day\nstart: 2024-01-01\nmaterialize:\n  as: incremental\n"
            f"  table: reports.report_{number:04}\n  time_column: {COLUMNS[0]}\n  unique_key: [{COLUMNS[0]}]\n"
            f"columns:\n{columns}checks:\n  - not_null: [{COLUMNS[0]}]\n  - range: {{column: {COLUMNS[1]}, min: 0}}\n")
