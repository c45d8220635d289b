"""The load of a nightly run on the store's primary, compared with dbt, which computes the reports on the primary."""

from .others import DbtProject

FULL = "reportgen run --all --full-refresh, reads on the replica"
NIGHT = "reportgen run --all, nothing new but the lookback"
DBT = "dbt run of the same statements as tables, threads 4"
DATABASE = "night"


class Night:
    name = "night"

    def __init__(self, bench):
        self.bench, self.pair, self.results = bench, bench.pair, bench.results

    def run(self):
        self.load()
        variables = self.pair.variables(DATABASE)
        full = self.bench.reportgen("run", "--all", "--full-refresh", project=self.bench.store)
        night = self.bench.reportgen("run", "--all", project=self.bench.store)
        self.pair.measure(full, env=variables)
        for _ in range(self.bench.repetitions):
            self.results.add(self.name, FULL, self.pair.measure(full, env=variables, checkpoint=True))
            self.results.add(self.name, NIGHT, self.pair.measure(night, env=variables, checkpoint=True))
            self.dbt()
        self.results.quotient_target(self.name, "primary's CPU: dbt ÷ reportgen, the same whole", DBT, FULL, "primary_cpu", 10)
        self.results.quotient_target(self.name, "primary's CPU: dbt ÷ reportgen, the usual night", DBT, NIGHT, "primary_cpu", 10)
        self.results.quotient_target(self.name, "WAL: dbt ÷ reportgen, the same whole", DBT, FULL, "wal", 10)

    def load(self):
        self.pair.ask(f"create database {DATABASE}")
        for file in ("schema.sql", "../roles.sql", "sample.sql"):
            self.pair.load(self.bench.store / "sql/store" / file, DATABASE)
        self.pair.execute(f"call sample.load({self.bench.sizes.store}, date '2026-11-22')", DATABASE)
        self.pair.execute("vacuum (freeze, analyze)", DATABASE)
        self.bench.run(self.bench.reportgen("init", project=self.bench.store), env=self.pair.variables(DATABASE))

    def statements(self):
        """Each report's SQL over its whole history, as models of dbt that use ref() for other reports."""
        models = {}
        for file in sorted((self.bench.store / "reports").glob("*.sql")):
            name = file.stem
            sql = file.read_text()
            for bound, day in ((":start", "2023-11-01"), (":end", "2026-11-23")):
                sql = sql.replace(bound, f"date '{day}'")
            models[name.replace("-", "_")] = sql
        for name, sql in models.items():
            for other in models:
                sql = sql.replace(f"reports.{other}", "{{ ref('" + other + "') }}")
            models[name] = sql.rstrip().rstrip(";") + "\n"
        return models

    def dbt(self):
        if not self.bench.dbt:
            return
        if not hasattr(self, "project"):
            self.project = DbtProject(
                self.bench.dbt, self.bench.folder / "dbt-night", self.pair, self.statements(), DATABASE, "dbt", threads=4)
        self.results.add(self.name, DBT, self.pair.measure(
            self.project.command(), env=self.project.environment, checkpoint=True))
