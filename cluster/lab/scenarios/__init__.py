"""Faults in the cluster during a run. A scenario is a function of a trial; its docstring is its promise."""

import importlib

# In the order in which they run: faults that are repaired fast come first.
_MODULES = ("access", "commands", "dashboards", "leader", "replica", "quorum", "storage")


class Scenario:
    """A function with its name, its promise, the time limit of its run in seconds, and the allowed exit codes."""

    def __init__(self, function, limit, statuses, missing):
        self.name = function.__name__.replace("_", "-")
        self.promise = " ".join(function.__doc__.split())
        self.limit = limit
        self.statuses = statuses
        self.missing = missing
        self.act = function


_FOUND = []


def scenario(limit, statuses=(0, 75), missing=lambda: None):
    """Registers a function as a scenario.

    - Parameter limit: the seconds in which the run has to end.
    - Parameter statuses: the allowed exit codes of the run.
    - Parameter missing: a function that says what this machine lacks for it; None when nothing.
    """
    def register(function):
        _FOUND.append(Scenario(function, limit, statuses, missing))
        return function
    return register


def load():
    """All scenarios, in the order in which they run."""
    if not _FOUND:
        for module in _MODULES:
            importlib.import_module(f"{__name__}.{module}")
    return list(_FOUND)
