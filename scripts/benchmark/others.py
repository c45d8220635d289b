"""Other tools to compare with, if they are or can be installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = ["dbt-core<1.12", "dbt-postgres"]  # 1.12 cannot be installed from a package registry alone


def dbt(folder, install):
    """The path of dbt in a virtual environment, which the first call creates; None when that fails."""
    program = Path(folder) / "bin/dbt"
    if program.exists() or not install:
        return str(program) if program.exists() else None
    print("installing dbt for comparison", file=sys.stderr)
    made = subprocess.run([sys.executable, "-m", "venv", str(folder)], capture_output=True, check=False)
    if made.returncode == 0:
        pip = [str(Path(folder) / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
        made = subprocess.run(pip, capture_output=True, check=False)
    if made.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        print("could not install dbt; continuing without it: " + made.stderr.decode()[-300:], file=sys.stderr)
        return None
    return str(program)


def sqlmesh():
    return shutil.which("sqlmesh")


class DbtProject:
    """Models by name, each a SELECT that becomes a table; with `tests`, columns by model that must not be null."""

    def __init__(self, program, folder, pair, models, database="bench", schema="reports", threads=1, tests=None):
        self.program, self.folder = program, Path(folder)
        (self.folder / "models").mkdir(parents=True)
        for name, statement in models.items():
            (self.folder / f"models/{name}.sql").write_text(statement)
        if tests:
            lines = [f"  - name: {name}\n    columns:\n" + "".join(
                f"      - name: {column}\n        data_tests: [{kind}]\n" for column, kind in columns)
                for name, columns in tests.items()]
            (self.folder / "models/models.yml").write_text("version: 2\nmodels:\n" + "".join(lines))
        (self.folder / "dbt_project.yml").write_text(
            "name: bench\nprofile: bench\nversion: '1.0.0'\nconfig-version: 2\nmodels: {+materialized: table}\n")
        (self.folder / "profiles.yml").write_text(
            "bench:\n  target: bench\n  outputs:\n    bench:\n      type: postgres\n"
            f"      host: {pair.status['socketDirectory']}\n      port: {pair.status['primary']['port']}\n"
            f"      user: postgres\n      password: none\n      dbname: {database}\n      schema: {schema}\n"
            f"      threads: {threads}\n")

    def command(self, verb="run"):
        return [self.program, "--quiet", verb, "--project-dir", str(self.folder), "--profiles-dir", str(self.folder)]

    @property
    def environment(self):
        return {**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
