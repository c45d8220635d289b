"""A Superset on the host that the inventory gives one, connected to the database as docs/cluster.md says."""

import contextlib
import json
import os
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request

from .database import PROJECT

_SCRIPT = os.path.join(PROJECT, "scripts", "superset")
_PORT = 8088
_START = 240  # seconds; it takes 20 on a quiet machine
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def missing():
    """What this machine lacks for a Superset; None when nothing. A lab cannot install it: it reaches no other network."""
    if subprocess.run([_SCRIPT, "check"], stdin=subprocess.DEVNULL, check=False).returncode:
        return 'Superset is not installed: "scripts/superset prepare" installs it'
    return None


@contextlib.contextmanager
def running(cluster):
    """Starts a Superset while the block begins, and stops it at the end of the block."""
    host = cluster.that_run("superset")[0]
    server = Superset(host)
    environment = {
        "SUPERSET_ADDRESS": host.address, "HOME": os.path.expanduser("~"),
        **{name: os.environ[name] for name in ("REPORTGEN_SUPERSET_CACHE", "XDG_CACHE_HOME") if name in os.environ}}
    # Its output goes to a file: the server would keep a pipe open.
    with open(os.path.join(host.folder, "log", "superset.log"), "w", encoding="utf-8") as log:
        starting = subprocess.Popen(
            host.enter([_SCRIPT, "up", server.folder, str(_PORT)], environment=environment),
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/")
    server.starting = starting
    try:
        yield server
    finally:
        starting.kill()
        starting.wait()
        host.run([_SCRIPT, "down", server.folder])


class Superset:
    """A Superset that starts, or that runs."""

    def __init__(self, host):
        self.url = f"http://{host.address}:{_PORT}"
        self.folder = os.path.join(host.folder, "superset")
        self.starting = None
        self._host = host
        self._token = None

    def wait(self):
        """Waits until it answers. Raises OSError, also when it does not within some minutes."""
        try:
            status = self.starting.wait(_START)
        except subprocess.TimeoutExpired:
            status = "too late"
        if status:
            raise OSError(f"Superset did not start ({status}): {''.join(self._host.log_tail('superset'))}")

    def environment(self):
        """The variables with which reportgen reaches it."""
        with open(f"/proc/{self._host.first_process()}/root/etc/superset/database-uri", encoding="utf-8") as file:
            password = urllib.parse.urlsplit(file.read().strip()).password
        return {
            "REPORTGEN_SUPERSET_URL": self.url,
            "REPORTGEN_SUPERSET_CREDENTIALS": os.path.join(self.folder, "credentials"),
            "REPORTGEN_SUPERSET_DATABASE_PASSWORD": password}

    def count(self, kind):
        """How many charts, datasets or dashboards it has."""
        return self._get(f"/api/v1/{kind}/")["count"]

    def number(self, bundle, chart, forced=False):
        """The value of a chart of type `number`.

        - Parameter bundle: the folder that "reportgen superset bundle" wrote.
        - Parameter chart: its name in the definitions, REPORT/CHART.
        - Parameter forced: ask the database and not the cache.
        """
        with open(os.path.join(bundle, "charts", chart + ".yaml"), encoding="utf-8") as file:
            name = re.search('"uuid": "(.+?)"', file.read())[1]
        found = self._get(f"/api/v1/chart/?q=(filters:!((col:uuid,opr:eq,value:'{name}')))")["result"]
        if not found:
            raise OSError(f"Superset has no chart {chart}")
        data = self._get(f'/api/v1/chart/{found[0]["id"]}/data/{"?force=true" if forced else ""}')
        [row] = data["result"][0]["data"]
        [value] = row.values()
        return value

    def _get(self, path):
        if not self._token:
            with open(os.path.join(self.folder, "credentials"), encoding="utf-8") as file:
                user, password = file.readline().strip().split(":", 1)
            self._token = self._send("/api/v1/security/login", {
                "username": user, "password": password, "provider": "db", "refresh": False})["access_token"]
        return self._send(path)

    def _send(self, path, body=None):
        # It refuses a GET without a body that has the type of one.
        headers = {"Content-Type": "application/json"} if body else {}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(
            self.url + path, headers=headers, data=json.dumps(body).encode() if body else None)
        try:
            with _OPENER.open(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise OSError(f"Superset answered {path} with {error.code}: {error.read().decode()[:500]}") from error
