"""One execution of the bench: its own folder and servers, its sections and their results."""

import json
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from . import machine
from .copy_rows import CopyRows
from .hundred import Hundred
from .night import Night
from .page import Page
from .process import run
from .replace import Replace
from .rerun import Rerun
from .results import Results
from .sales_day import SalesDay
from .servers import Pair
from .small_run import SmallRun
from .start import Start

SECTIONS = (Start, SmallRun, Hundred, Page, Rerun, Replace, SalesDay, Night, CopyRows)


@dataclass
class Sizes:
    """Numbers of rows and definitions: those of the documented targets, or a hundredth with --quick."""

    many: int = 10_000_000
    million: int = 1_000_000
    replaced: int = 3_000_000
    page: int = 100_000
    store: int = 1_000_000
    definitions: int = 1000

    @classmethod
    def quick(cls):
        return cls(many=100_000, million=20_000, replaced=60_000, page=2_000, store=2_000, definitions=50)


class Bench:
    def __init__(self, root, binary, sizes, repetitions, dbt):
        self.root, self.binary, self.sizes, self.repetitions, self.dbt = root, binary, sizes, repetitions, dbt
        self.results = Results()
        self.run = run
        self.folder = self.pair = None

    # Folder and servers.

    def __enter__(self):
        # The servers' user needs to traverse the folder; only this user can list and write.
        self.folder = Path(tempfile.mkdtemp(prefix="reportgen-bench-"))
        self.folder.chmod(0o711)
        self.project, self.store = self.folder / "bench", self.folder / "store"
        shutil.copytree(self.root / "bench/project", self.project)
        shutil.copytree(self.root / "sql", self.project / "sql")
        self.store.mkdir()
        for name in ("reports", "sql"):
            shutil.copytree(self.root / name, self.store / name)
        shutil.copy(self.root / "reportgen.yaml", self.store)
        return self

    def __exit__(self, *_):
        if self.pair:
            self.pair.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_servers(self, names):
        self.say("starting a primary and a replica and loading rows")
        self.pair = Pair(str(self.binary), str(self.project))
        self.pair.start()
        sizes = self.sizes
        # Loaded only for sections that read them, because ten million rows take time.
        million = Rerun.name in names or Hundred.name in names
        many = max(
            sizes.page, sizes.million if million else 0, sizes.replaced if Replace.name in names else 0,
            sizes.many if CopyRows.name in names else 0)
        self.pair.load(self.root / "bench/rows.sql", "bench", f"many={many}", f"million={sizes.million}",
                       f"page={sizes.page}")
        self.run(self.reportgen("init"))
        self.pair.catch_up()

    # For the sections.

    def reportgen(self, *arguments, project=""):
        """A command line of reportgen, for the bench's project, for another one, or (None) without a project."""
        chosen = self.project if project == "" else project
        return [str(self.binary), *arguments, *(["--quiet", "--project", str(chosen)] if chosen else [])]

    def expect_rows(self, table, count):
        found = int(self.pair.ask(f"select count(*) from {table}"))
        if found != count:
            raise RuntimeError(f"{table} has {found} rows instead of {count}: the measurement is invalid")

    @staticmethod
    def say(text):
        print(f"bench: {text}", file=sys.stderr, flush=True)

    # Sections.

    def prepare(self, names):
        """Starts the servers that the sections need and describes the machine."""
        if any(section.name in names and section is not Start for section in SECTIONS):
            self.start_servers(names)
        return machine.describe(self)

    def measure(self, section):
        began = time.monotonic()
        self.say(f"measuring {section.name}")
        section(self).run()
        self.say(f"{section.name} took {time.monotonic() - began:.0f} s")

    def write(self, described, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"machine": described, "sizes": vars(self.sizes), **self.results.json()}, indent=1))

    def print(self, described):
        print("\n".join(f"{name}: {value}" for name, value in described.items()))
        for section in self.results.sections:
            print(f"\n### {section}\n\n{self.results.section_table(section)}")
        if self.results.comparisons:
            print(f"\n### compared\n\n{self.results.comparison_table()}")
        if self.sizes == Sizes():
            print(f"\n### targets\n\n{self.results.targets_table()}")
        else:
            print("\nAll sections work. Targets apply to the full sizes only: run without --quick.")
