"""Runs reportgen on the third host: with a copy of this project, the rendered files and its own output folder."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time

from .database import PROJECT
from .place import HERE

# Parts of this project that the copy contains. Connections come from the host's own files.
_FILES = ("reportgen.yaml", "reports", "sql")


class Reportgen:
    """The command on the host that runs it."""

    def __init__(self, cluster, executable):
        self.cluster = cluster
        self.executable = executable
        self.folder = os.path.join(cluster.root, "project")
        self._number = 0
        self._variables = {}

    @contextlib.contextmanager
    def variables(self, added):
        """Gives the commands these variables, too, until the end of the block."""
        self._variables = added
        try:
            yield
        finally:
            self._variables = {}

    def make_project(self):
        """A copy of this project, with the lab's own reports beside the store's."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        for name in _FILES:
            source = os.path.join(PROJECT, name)
            if os.path.isdir(source):
                shutil.copytree(source, os.path.join(self.folder, name))
            else:
                shutil.copy(source, self.folder)
        # The lab's cluster has shorter timeouts, so a run waits for shorter times, too.
        path = os.path.join(self.folder, "reportgen.yaml")
        with open(path, encoding="utf-8") as file:
            head, name, environment = file.read().partition("\n  cluster:\n")
        waits, superset = "on_lag: {wait: 60s, then: fail}", "superset: {"
        if not name or waits not in environment or superset not in environment:
            raise OSError("reportgen.yaml has no environment \"cluster\" that waits a minute and has a Superset")
        with open(path, "w", encoding="utf-8") as file:
            short = ["on_lag: {wait: 8s, then: fail}", "confirm_wait: 8s", "reconnect_wait: 10s"]
            environment = environment.replace(waits, "\n    ".join(short), 1)
            # It shares the machine's processors with the cluster.
            environment = environment.replace(superset, superset + "timeout: 120s, ", 1)
            file.write(head + name + environment)
        shutil.copytree(os.path.join(HERE, "reports"), os.path.join(self.folder, "reports", "lab"))

    def enter(self, arguments):
        """The command line that runs reportgen on its host, in its project."""
        host = self.cluster.client
        with open(f"/proc/{host.first_process()}/root/etc/reportgen/environment", encoding="utf-8") as file:
            pairs = [line.strip().split("=", 1) for line in file if "=" in line and not line.startswith("#")]
        return host.enter(
            ["env", f"--chdir={self.folder}", self.executable, *arguments], environment={**dict(pairs), **self._variables})

    def run(self, *arguments, limit=120.0):
        """Runs the command to its end."""
        return self.start(*arguments).outcome(limit)

    def start(self, *arguments):
        """Starts the command."""
        self._number += 1
        return RunningCommand(self, arguments, self._number)


class RunningCommand:
    """A running command, whose output goes to files of its own until its end."""

    def __init__(self, reportgen, arguments, number):
        self.arguments = arguments
        self._files = [os.path.join(reportgen.cluster.root, f"command-{number}.{kind}") for kind in ("out", "err")]
        with open(self._files[0], "wb") as output, open(self._files[1], "wb") as error:
            self._process = subprocess.Popen(
                reportgen.enter(arguments), stdin=subprocess.DEVNULL, stdout=output, stderr=error,
                start_new_session=True, cwd="/")
        self._started = time.monotonic()

    @property
    def goes_on(self):
        """Whether the command is still running."""
        return self._process.poll() is None

    @property
    def error_text(self):
        """Its standard error so far."""
        return _text(self._files[1])

    def outcome(self, limit):
        """Waits for the end. After the limit the command is killed, and the status is None."""
        try:
            status = self._process.wait(max(0.1, limit - (time.monotonic() - self._started)))
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            status = None
        outcome = Outcome(status, *map(_text, self._files), time.monotonic() - self._started)
        for file in self._files:
            os.remove(file)
        return outcome


class Outcome:
    """The result of a command: exit code, output and duration in seconds."""

    def __init__(self, status, output, error, seconds):
        self.status = status
        self.output = output
        self.error = error
        self.seconds = seconds

    def document(self):
        """The JSON value on standard output; an empty mapping when there is none."""
        try:
            return json.loads(self.output)
        except ValueError:
            return {}

    def last_words(self):
        """The last 15 lines of standard error."""
        return "\n".join(self.error.splitlines()[-15:])


def _text(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()
