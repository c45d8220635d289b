"""reportgen as the third host runs it: this project, the files that the inventory made, an output folder of its own."""

import json
import os
import shutil
import signal
import subprocess
import time

from .database import PROJECT
from .place import HERE

# What the nightly service has of libpq is in files of the host; nothing else comes along.
_FILES = ("reportgen.yaml", "reports", "sql")


class Reportgen:
    """The command on the host that runs it."""

    def __init__(self, cluster, executable):
        self.cluster = cluster
        self.executable = executable
        self.folder = os.path.join(cluster.root, "project")

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
        # As the cluster's own times are shorter here, so is what a run waits for it.
        path = os.path.join(self.folder, "reportgen.yaml")
        with open(path, encoding="utf-8") as file:
            head, name, environment = file.read().partition("\n  cluster:\n")
        waits = "on_lag: {wait: 60s, then: fail}"
        if not name or waits not in environment:
            raise OSError("reportgen.yaml has no environment \"cluster\" that waits a minute")
        with open(path, "w", encoding="utf-8") as file:
            short = ["on_lag: {wait: 8s, then: fail}", "confirm_wait: 8s", "reconnect_wait: 10s"]
            shorter = environment.replace(waits, "\n    ".join(short), 1)
            file.write(head + name + shorter)
        shutil.copytree(os.path.join(HERE, "reports"), os.path.join(self.folder, "reports", "lab"))

    def enter(self, arguments):
        """What runs the command on its host, in its project."""
        host = self.cluster.client
        with open(f"/proc/{host.first_process()}/root/etc/reportgen/environment", encoding="utf-8") as file:
            pairs = [line.strip().split("=", 1) for line in file if "=" in line and not line.startswith("#")]
        return host.enter(
            ["env", f"--chdir={self.folder}", self.executable, *arguments], environment=dict(pairs))

    def run(self, *arguments, limit=120.0):
        """Runs the command to its end."""
        return self.start(*arguments).outcome(limit)

    def start(self, *arguments):
        """Starts the command."""
        return RunningCommand(self, arguments)


class RunningCommand:
    """A command that goes on; what it writes lands in files, so that nobody has to read along."""

    def __init__(self, reportgen, arguments):
        self.arguments = arguments
        self._files = [os.path.join(reportgen.cluster.root, f"run.{kind}") for kind in ("out", "err")]
        with open(self._files[0], "wb") as output, open(self._files[1], "wb") as error:
            self._process = subprocess.Popen(
                reportgen.enter(arguments), stdin=subprocess.DEVNULL, stdout=output, stderr=error,
                start_new_session=True, cwd="/")
        self._started = time.monotonic()

    @property
    def goes_on(self):
        """Whether it has not ended yet."""
        return self._process.poll() is None

    @property
    def error_text(self):
        """What it has written on standard error so far."""
        return _text(self._files[1])

    def outcome(self, limit):
        """Waits for the end; past the limit the command is killed, and the status is None."""
        try:
            status = self._process.wait(max(0.1, limit - (time.monotonic() - self._started)))
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            status = None
        return Outcome(status, *map(_text, self._files), time.monotonic() - self._started)


class Outcome:
    """How a command ended: its exit code, what it wrote, and the seconds it took."""

    def __init__(self, status, output, error, seconds):
        self.status = status
        self.output = output
        self.error = error
        self.seconds = seconds

    def document(self):
        """The JSON value on standard output; empty when there is none."""
        try:
            return json.loads(self.output)
        except ValueError:
            return {}

    def last_words(self):
        """The end of what it wrote on standard error."""
        return "\n".join(self.error.splitlines()[-15:])


def _text(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()
