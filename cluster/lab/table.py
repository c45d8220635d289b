"""The table of scenarios in docs/cluster.md: promise and last measured times of each."""

import os
import re

from . import scenarios
from .place import HERE

PAGE = os.path.join(HERE, "..", "..", "docs", "cluster.md")
_HEAD = """| scenario | promise | the run | then, in seconds after the fault |
|---|---|---|---|
"""
_ROWS = re.compile(re.escape(_HEAD) + r"(?:\|.*\n)*")


def record(page, results):
    """Replaces the rows of these results and keeps those of other scenarios."""
    with open(page, encoding="utf-8") as file:
        text = file.read()
    rows = {**rows_of(text), **{result.scenario.name: _row(result) for result in results}}
    ordered = [rows[found.name] for found in scenarios.load() if found.name in rows]
    text, count = _ROWS.subn(lambda _: _HEAD + "".join(ordered), text)
    if count != 1:
        raise OSError(f"{page} has no table of scenarios")
    with open(page, "w", encoding="utf-8") as file:
        file.write(text)


def rows_of(text):
    """Maps the name of each scenario to its row in the text of a page."""
    found = _ROWS.search(text)
    lines = found[0][len(_HEAD):].splitlines(keepends=True) if found else []
    return {re.match(r"\| `([a-z-]+)` \|", line)[1]: line for line in lines}


def _row(result):
    run = "not started" if result.run_seconds is None else f"{result.status} after {result.run_seconds:.1f} s"
    if result.later_status is not None:
        run += f", the next {result.later_status}"
    if result.complaints:
        run = "**failed**: " + run
    then = ", ".join(f"{what} {seconds:.1f}" for what, seconds in result.measured.items())
    return f"| `{result.scenario.name}` | {result.scenario.promise} | {run} | {then} |\n"
