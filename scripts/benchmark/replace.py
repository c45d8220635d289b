"""Replaces many published rows by equal rows, and by rows of which a hundredth has changed, beside other ways to do it."""

import shutil

from .others import DbtProject

COLUMNS = ("id", "day", "product_id", "product", "amount", "note")
QUERY = f"select {', '.join(COLUMNS)} from bench.replaced"
DIFFERENCE = "reportgen, by difference"
STAGING = "reportgen, full staging"
MERGE = "psql, MERGE on the primary"
DBT = "dbt run, one model as a table"


class Replace:
    name = "replace"

    def __init__(self, bench):
        self.bench, self.pair, self.results = bench, bench.pair, bench.results
        self.rows = f"{bench.sizes.replaced:,}"

    def label(self, who, kind):
        return f"{who}, {self.rows} rows, {kind}"

    def run(self):
        self.load()
        ways = [(DIFFERENCE, self.difference), (STAGING, self.staging), (MERGE, self.merge)]
        if self.bench.dbt:
            ways.append((DBT, self.dbt()))
        for repetition in range(self.bench.repetitions):
            for kind in ("equal", "1 % changed"):
                # Each repetition begins with another one.
                first = repetition % len(ways)
                if kind != "equal":
                    self.pair.ask(
                        f"update bench.replaced set amount = coalesce(amount, 0) + 1 where id % 100 = {repetition}")
                    self.vacuum("bench.replaced")
                for who, measure in ways[first:] + ways[:first]:
                    # Both of reportgen's ways write the same table: the change is undone for the second.
                    if kind != "equal" and who in (DIFFERENCE, STAGING):
                        self.pair.ask(
                            f"update reports.replaced set amount = coalesce(amount, 0) - 1 where id % 100 = {repetition}"
                            if self.is_changed(repetition) else "select")
                        self.vacuum("reports.replaced")
                    self.results.add(self.name, self.label(who, kind), measure())
        self.promise()

    def is_changed(self, repetition):
        """Whether the published rows are the changed ones already."""
        found = self.pair.ask(
            f"select (select sum(amount) from reports.replaced where id % 100 = {repetition})"
            f" = (select sum(amount) from bench.replaced where id % 100 = {repetition})")
        return found == "t"

    def load(self):
        pair, sizes = self.pair, self.bench.sizes
        pair.ask(f"create table bench.replaced as select * from bench.many limit {sizes.replaced}")
        pair.ask("grant select on bench.replaced to reportgen_reader, reportgen_owner")
        pair.ask("create table bench.merged as table bench.replaced")
        pair.ask("create unique index on bench.merged (id) nulls not distinct")
        for table in ("bench.replaced", "bench.merged"):
            self.vacuum(table)
        self.full = self.bench.folder / "full-staging"
        shutil.copytree(self.bench.project, self.full, ignore=shutil.ignore_patterns(".reportgen", "out"))
        settings = self.full / "reportgen.yaml"
        settings.write_text("difference_from: 1000000000000\n" + settings.read_text())
        pair.measure(self.bench.reportgen("run", "replaced"))
        self.vacuum("reports.replaced")

    def vacuum(self, table):
        self.pair.ask(f"vacuum (analyze) {table}")

    def difference(self):
        return self.pair.measure(self.bench.reportgen("run", "replaced"), checkpoint=True)

    def staging(self):
        command = self.bench.reportgen("run", "replaced", project=self.full)
        return self.pair.measure(command, env=self.pair.variables("bench"), checkpoint=True)

    def merge(self):
        differs = " or ".join(f"t.{name} is distinct from s.{name}" for name in COLUMNS)
        assignments = ", ".join(f"{name} = s.{name}" for name in COLUMNS)
        statement = (
            f"merge into bench.merged t using ({QUERY}) s on t.id = s.id"
            f" when matched and ({differs}) then update set {assignments}"
            f" when not matched then insert values ({', '.join('s.' + name for name in COLUMNS)})")
        command = [self.pair.psql, "-Xq", "-d", self.pair.conninfo("primary"), "-c", statement]
        return self.pair.measure(command, checkpoint=True)

    def dbt(self):
        project = DbtProject(self.bench.dbt, self.bench.folder / "dbt-replace", self.pair, {"replaced_by_dbt": QUERY})
        return lambda: self.pair.measure(project.command(), env=project.environment, checkpoint=True)

    def promise(self):
        results = self.results
        equal, changed = (
            {who: self.label(who, kind) for who in (DIFFERENCE, STAGING, MERGE, DBT)} for kind in ("equal", "1 % changed"))
        results.ratio_target(self.name, "equal rows: reportgen ÷ dbt, wall", equal[DIFFERENCE], equal[DBT], "wall", 0.5)
        results.target(self.name, "equal rows: primary's CPU",
                       results.mean(self.name, equal[DIFFERENCE], "primary_cpu"), 0.1, " s")
        results.ratio_target(
            self.name, "1 % changed: reportgen ÷ MERGE, wall", changed[DIFFERENCE], changed[MERGE], "wall", 0.8)
        results.ratio_target(self.name, "1 % changed: by difference ÷ full staging, primary's CPU",
                             changed[DIFFERENCE], changed[STAGING], "primary_cpu", 0.3)
        for kind, cases in (("equal rows", equal), ("1 % changed", changed)):
            results.compare(self.name, f"{kind}: by difference ÷ full staging, wall", cases[DIFFERENCE], cases[STAGING])
            results.compare(self.name, f"{kind}: by difference ÷ MERGE, wall", cases[DIFFERENCE], cases[MERGE])
