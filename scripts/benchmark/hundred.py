"""One hundred small reports of one level, compared with the same statements in psql and dbt."""

from .others import DbtProject

COUNT = 100
DAYS = 10
PSQL = "psql, one session on the primary, truncate and insert"
AGAIN = "reportgen run --all, reads on the replica, two checks each, ledger"
DBT_RUN = "dbt run, threads 4"
DBT_BUILD = "dbt build with a not_null and a unique test each, threads 4"
DEFINITION = """title: Days {number}
materialize: {{as: table, table: reports.days_{number}, unique_key: [line]}}
checks:
  - not_null: [line]
export: {{}}
"""


class Hundred:
    name = "hundred"

    def __init__(self, bench):
        self.bench, self.pair, self.results = bench, bench.pair, bench.results
        self.project = bench.folder / "hundred"

    def run(self):
        self.prepare()
        psql = [self.pair.psql, "-Xq", "-d", self.pair.conninfo("primary"), "-f", str(self.project / "psql.sql")]
        reportgen = self.bench.reportgen("run", "--all", project=self.project)
        variables = self.pair.variables("bench")
        for _ in range(2):  # creates the tables, and durations in the ledger
            self.pair.measure(reportgen, env=variables)
        for _ in range(2 * self.bench.repetitions + 1):
            self.results.add(self.name, PSQL, self.pair.measure(psql))
            self.results.add(self.name, AGAIN, self.pair.measure(reportgen, env=variables))
        self.bench.expect_rows("reports.days_99", int(self.pair.ask("select count(*) from bench.days_99")))
        self.dbt()
        self.results.ratio_target(self.name, "reportgen ÷ psql, wall", AGAIN, PSQL, "wall", 2)
        self.results.target(
            self.name, "WAL of a rerun, each report", self.results.median(self.name, AGAIN, "wal") / COUNT / 1024, 8, " KB")
        self.results.quotient_target(self.name, "dbt run ÷ reportgen, wall", DBT_RUN, AGAIN, "wall", 5)
        self.results.quotient_target(self.name, "dbt build ÷ reportgen, wall", DBT_BUILD, AGAIN, "wall", 10)

    def statement(self, number):
        first = f"date '2024-01-01' + {number * 9 % 990}"
        return (
            "select million.product_id % 50 * 1000 + (million.day - date '2024-01-01') as line, count(*) as sales,\n"
            "  sum(million.amount) as amount\nfrom bench.million as million\n"
            f"where million.day >= {first} and million.day < {first} + {DAYS}\ngroup by 1\n")

    def prepare(self):
        (self.project / "reports").mkdir(parents=True)
        (self.project / "reportgen.yaml").write_text("timezone: UTC\n")
        lines = []
        for number in range(COUNT):
            statement = self.statement(number)
            (self.project / f"reports/days-{number}.sql").write_text(statement)
            (self.project / f"reports/days-{number}.yaml").write_text(DEFINITION.format(number=number))
            self.pair.ask(f"create table bench.days_{number} as {statement} with no data")
            lines.append(f"begin; truncate bench.days_{number}; insert into bench.days_{number} {statement}; commit;\n")
        (self.project / "psql.sql").write_text("".join(lines))
        self.pair.execute("create index on bench.million (day)")
        self.pair.execute("vacuum (freeze, analyze) bench.million")
        self.pair.catch_up()

    def dbt(self):
        if not self.bench.dbt:
            return
        models = {f"dbt_days_{number}": self.statement(number) for number in range(COUNT)}
        tests = {name: [("line", "not_null, unique")] for name in models}
        dbt = DbtProject(self.bench.dbt, self.project / "dbt", self.pair, models, threads=4, tests=tests)
        self.pair.measure(dbt.command(), env=dbt.environment)
        for _ in range(self.bench.repetitions):
            self.results.add(self.name, DBT_RUN, self.pair.measure(dbt.command(), env=dbt.environment))
            self.results.add(self.name, DBT_BUILD, self.pair.measure(dbt.command("build"), env=dbt.environment))
