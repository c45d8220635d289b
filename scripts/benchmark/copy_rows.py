"""Many rows through one report, compared with a psql pipe; and the memory needed."""

MEGABYTE = 1024 * 1024
COLUMNS = "id, day, product_id, product, amount, note"
TYPES = "id integer, day date, product_id integer, product text, amount numeric(12,2), note text"


class CopyRows:
    name = "copy"

    def __init__(self, bench):
        self.bench, self.pair, self.results = bench, bench.pair, bench.results
        self.rows = f"{bench.sizes.many:,} rows"

    def run(self):
        for repetition in range(self.bench.repetitions):
            for keyed in (False, True):
                cases = [lambda: self.pipe(keyed), lambda: self.first_publish(keyed)]
                # The order alternates, because the first one changes the state of the machine for the second.
                for case in cases if repetition % 2 == 0 else reversed(cases):
                    case()
                self.replace(keyed)
                self.drop(keyed)
        self.long_row()
        self.promise()

    def label(self, who, keyed):
        return f"{who}, {self.rows}" + (", unique key" if keyed else "")

    def pipe(self, keyed):
        """Reads from the replica, writes a file and a logged table on the primary, then creates indexes."""
        pair, psql = self.pair, self.pair.psql
        pair.ask(f"drop table if exists bench.target; create table bench.target ({TYPES})")
        index = "; create unique index on bench.target (id) nulls not distinct" if keyed else ""
        copy_in = [psql, "-Xq", "-d", pair.conninfo("primary"), "-c",
                   "copy bench.target from stdin (format csv)", *(["-c", index[2:]] if keyed else [])]
        copy_out = [psql, "-Xq", "-d", pair.conninfo("replica"), "-c",
                    f"copy (select {COLUMNS} from bench.many) to stdout (format csv)"]
        sample = pair.measure(copy_out, ["tee", str(self.bench.folder / "pipe.csv")], copy_in, checkpoint=True)
        self.results.add(self.name, self.label("psql, tee, psql", keyed), sample)
        self.bench.expect_rows("bench.target", self.bench.sizes.many)
        pair.ask("drop table bench.target")

    def first_publish(self, keyed):
        self.drop(keyed)
        self.report("reportgen, first publish", keyed)

    def replace(self, keyed):
        """Runs the same report again, with equal rows."""
        self.report("reportgen, full replace by equal rows", keyed)

    def report(self, label, keyed):
        name = "rows-keyed" if keyed else "rows-plain"
        sample = self.pair.measure(self.bench.reportgen("run", name), checkpoint=True)
        self.results.add(self.name, self.label(label, keyed), sample)
        self.bench.expect_rows(f"reports.{name.replace('-', '_')}", self.bench.sizes.many)

    def drop(self, keyed):
        self.pair.ask(f"drop table if exists reports.{'rows_keyed' if keyed else 'rows_plain'}")

    def long_row(self):
        sample = self.pair.measure(self.bench.reportgen("run", "long-row"))
        self.results.add(self.name, "reportgen, one row of 50 MB", sample)
        self.pair.ask("drop table if exists reports.long_row")

    def promise(self):
        results = self.results
        for keyed in (False, True):
            kind = "unique key" if keyed else "no key"
            pipe, first, again = (
                self.label(who, keyed)
                for who in ("psql, tee, psql", "reportgen, first publish", "reportgen, full replace by equal rows"))
            for text, case, field, limit in (
                (f"first publish ÷ pipe, wall ({kind})", first, "wall", 1.0),
                (f"first publish ÷ pipe, primary CPU ({kind})", first, "primary_cpu", 1.0),
                (f"full replace ÷ pipe, primary CPU ({kind})", again, "primary_cpu", 1.5),
            ):
                results.ratio_target(self.name, text, case, pipe, field, limit)
            results.target(self.name, f"peak memory, first publish ({kind})",
                           results.median(self.name, first, "peak_rss") / MEGABYTE, 64, " MB")
        results.target(self.name, "peak memory, a row of 50 MB",
                       results.median(self.name, "reportgen, one row of 50 MB", "peak_rss") / MEGABYTE,
                       64 + 3 * 50, " MB")
