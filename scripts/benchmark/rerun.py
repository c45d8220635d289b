"""The WAL of a report that gives equal rows again."""


class Rerun:
    name = "rerun"

    def __init__(self, bench):
        self.bench, self.pair, self.results = bench, bench.pair, bench.results

    def run(self):
        first = f"first run, {self.bench.sizes.million:,} rows"
        again = "rerun, every row equal"
        for _ in range(self.bench.repetitions):
            self.pair.ask("drop table if exists reports.million")
            for case in (first, again):
                self.results.add(self.name, case, self.pair.measure(self.bench.reportgen("run", "million"), checkpoint=True))
                self.bench.expect_rows("reports.million", self.bench.sizes.million)
        found = self.results.ratio(self.name, again, first, "wal")
        self.results.target(self.name, "WAL of a rerun ÷ first run", 100 * found[0], 1, " %",
                            tuple(100 * value for value in found))
