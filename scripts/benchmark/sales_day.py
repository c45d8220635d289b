"""One day of sales-daily, whose time must not grow with the size of the store."""


class SalesDay:
    name = "day"

    def __init__(self, bench):
        self.bench, self.pair, self.results = bench, bench.pair, bench.results
        self.sizes = (bench.sizes.store, 10 * bench.sizes.store)

    def run(self):
        for size in self.sizes:
            self.load(size)
        days = [f"2026-11-{day:02}" for day in range(1, 2 + 3 * self.bench.repetitions)]
        for size in self.sizes:  # creates the table and fills the caches
            self.pair.measure(self.command(days[0]), env=self.variables(size))
        for day in days[1:]:
            for size in self.sizes:
                self.measure(size, day, "a new day")
        for day in days[1:]:
            for size in self.sizes:
                self.measure(size, day, "the same day again")
        for kind in ("a new day", "the same day again"):
            small, large = (self.label(size, kind) for size in self.sizes)
            self.results.ratio_target(self.name, f"{kind}: ten times the purchases ÷ once, wall", large, small, "wall", 1.2)

    def load(self, size):
        database = self.database(size)
        self.pair.ask(f"create database {database}")
        for file in ("schema.sql", "../roles.sql", "sample.sql"):
            self.pair.load(self.bench.store / "sql/store" / file, database)
        self.pair.execute(f"call sample.load({size}, date '2026-11-22')", database)
        self.pair.execute("vacuum (freeze, analyze)", database)
        self.bench.run(self.bench.reportgen("init", project=self.bench.store), env=self.variables(size))

    def database(self, size):
        return f"store_{size}"

    def variables(self, size):
        return self.pair.variables(self.database(size))

    def command(self, day):
        return self.bench.reportgen("run", "sales-daily", "--date", day, project=self.bench.store)

    def label(self, size, kind):
        return f"{size:,} purchases, {kind}"

    def measure(self, size, day, kind):
        self.results.add(self.name, self.label(size, kind), self.pair.measure(self.command(day), env=self.variables(size)))
