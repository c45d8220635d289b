"""A page of many rows, compared with psql --html."""


class Page:
    name = "page"

    def __init__(self, bench):
        self.bench, self.pair, self.results = bench, bench.pair, bench.results

    def run(self):
        rows = f"{self.bench.sizes.page:,} rows"
        psql, ours = f"psql --html, {rows}", f"reportgen export, {rows}"
        self.pair.ask("drop table if exists reports.page")
        self.pair.measure(self.bench.reportgen("run", "page"))
        html = [self.pair.psql, "-Xq", "--html", "-d", self.pair.conninfo("replica"), "-c",
                "select * from reports.page order by id"]
        for _ in range(2 * self.bench.repetitions + 1):
            self.results.add(self.name, psql, self.pair.measure(html, output=self.bench.folder / "page.html"))
            self.results.add(self.name, ours, self.pair.measure(self.bench.reportgen("export", "page")))
        for field, text in (("wall", "wall"), ("client_cpu", "client CPU"), ("peak_rss", "peak memory")):
            self.results.compare(self.name, f"whole page ÷ psql's bare table, {text}", ours, psql, field)
