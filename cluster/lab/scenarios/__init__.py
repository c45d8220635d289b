"""What happens to the cluster while a run goes on. A scenario is a function of a trial, its docstring its promise."""

import importlib

# In the order in which they run: what is cheap to mend comes first.
_MODULES = ("access", "leader", "replica", "quorum", "storage")


class Scenario:
    """A function with its name, its promise, and how many seconds the run has from its start to its end."""

    def __init__(self, function, limit, statuses):
        self.name = function.__name__.replace("_", "-")
        self.promise = " ".join(function.__doc__.split())
        self.limit = limit
        self.statuses = statuses
        self.act = function


_FOUND = []


def scenario(limit, statuses=(0, 75)):
    """Makes a scenario of a function.

    - Parameter statuses: what the run may end with.
    """
    def register(function):
        _FOUND.append(Scenario(function, limit, statuses))
        return function
    return register


def load():
    """All scenarios, in the order in which they run."""
    if not _FOUND:
        for module in _MODULES:
            importlib.import_module(f"{__name__}.{module}")
    return list(_FOUND)
