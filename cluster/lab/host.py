"""One host of the lab: namespaces that end with its first process, a link to the bridge, and folders that persist."""

import contextlib
import os
import signal
import subprocess
import time

from .place import HERE, NAMESPACES
from .units import Unit

DISK = "1g"
_FOLDERS = (
    "etc", "work", "run", "log", "var/lib/etcd", "var/lib/pgbackrest", "var/log/pgbackrest", "var/spool/pgbackrest")
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
# Also the names of their processes.
SERVICES = ("etcd", "patroni", "postgres", "vip-manager", "pgbackrest")


class Host:
    """A host of the inventory. All methods are called inside the lab."""

    def __init__(self, root, described, cluster):
        self.name = described["name"]
        self.address = described["address"]
        self.runs = described["runs"]
        # Of the certificates that servers show.
        self.authority = os.path.join(root, "secrets", "ca.crt")
        self._root = root
        self.folder = os.path.join(root, "hosts", self.name)
        self.database_disk = os.path.join(self.folder, "var/lib/postgresql")
        self._address = f'{self.address}/{cluster["prefix_length"]}'
        self._interface = cluster["interface"]
        self._cable = "lab-" + self.name
        self._programs = f'/usr/lib/postgresql/{cluster["postgresql"]}/bin'

    # Power and cable

    def install(self, archive):
        """Makes the host's folders and disk, and unpacks its archive as an operator does."""
        for folder in _FOLDERS:
            os.makedirs(os.path.join(self.folder, folder))
        os.makedirs(self.database_disk)
        _run("mount", "-n", "-t", "tmpfs", "-o", f"size={DISK},mode=700", "disk", self.database_disk)
        with open(os.path.join(self.folder, "boots"), "w", encoding="utf-8") as file:
            file.write("0")
        self.boot()
        self.unpack(archive)

    def unpack(self, archive):
        """Writes the host's rendered files, as an operator does."""
        self.run(["tar", "--extract", "--preserve-permissions", "--file", archive, "--directory", "/"])

    def boot(self):
        """Switches the power on. Only the first process runs then."""
        if self.first_process():
            return
        ready = os.path.join(self.folder, "ready")
        with contextlib.suppress(FileNotFoundError):
            os.remove(ready)
        with open(self._log("boot"), "a", encoding="utf-8") as log:
            outer = subprocess.Popen(
                ["unshare", *NAMESPACES, "--fork", "--kill-child", "--mount-proc",
                 os.path.join(HERE, "boot"), self.name, self.folder, self._root],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/")
        limit = time.monotonic() + 10
        while not os.path.exists(ready):
            if outer.poll() is not None or time.monotonic() > limit:
                raise OSError(f"could not boot {self.name}: see {self._log('boot')}")
            time.sleep(0.005)
        with open(f"/proc/{outer.pid}/task/{outer.pid}/children", encoding="utf-8") as file:
            process = file.read().split()[0]
        with open(os.path.join(self.folder, "process"), "w", encoding="utf-8") as file:
            file.write(process)
        _run("ip", "link", "add", self._cable, "type", "veth", "peer", "name", self._interface, "netns", process)
        _run("ip", "link", "set", self._cable, "master", "bridge0", "up")
        self.run(["ip", "address", "add", self._address, "dev", self._interface])
        self.run(["ip", "link", "set", self._interface, "up"])

    def power_off(self):
        """Kills all processes and removes addresses and mounts at once. The disk keeps its data."""
        process = self.first_process()
        if process:
            os.kill(process, signal.SIGKILL)
            while self.first_process():
                time.sleep(0.005)
            # The kernel removes the network namespace later; until then the link would still exist.
            subprocess.run(["ip", "link", "del", self._cable], capture_output=True, check=False)

    def pull_cable(self):
        """Disconnects the host from the network. Its processes keep running."""
        _run("ip", "link", "set", self._cable, "down")

    def plug_cable(self):
        """Connects the host to the network again. Does nothing when it is connected."""
        _run("ip", "link", "set", self._cable, "up")

    def first_process(self):
        """The host's first process, as numbered in the lab; None when the power is off."""
        try:
            with open(os.path.join(self.folder, "process"), encoding="utf-8") as file:
                process = int(file.read())
            with open(f"/proc/{process}/cmdline", "rb") as file:
                return process if self.folder.encode() in file.read() else None
        except (OSError, ValueError):
            return None

    def resize_disk(self, size):
        """Sets the size of the disk with PostgreSQL's files, in the form of mount(8); None for the original size."""
        _run("mount", "-n", "-o", f"remount,size={size or DISK}", self.database_disk)

    # Programs

    def enter(self, command, user="root", environment=None):
        """The command line that runs `command` on the host, in its root folder."""
        variables = {
            **_ENVIRONMENT, "PATH": f"{self._programs}:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/var/lib/postgresql" if user == "postgres" else "/root", **(environment or {})}
        return [
            "nsenter", "--target", str(self.first_process()), *NAMESPACES, "--",
            "setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups",
            "env", "--ignore-environment", *(f"{name}={value}" for name, value in variables.items()), *command]

    def run(self, command, user="root", check=True, timeout=60, quiet=False):
        """Runs a command on the host and returns its output. Raises OSError when it fails, unless `check` is false."""
        # A command that starts a server must not write to a pipe, which the server would keep open.
        done = subprocess.run(
            self.enter(command, user), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if quiet else subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace", timeout=timeout, cwd="/", check=False)
        if check and done.returncode:
            said = (done.stdout or "").strip()
            raise OSError(f'{self.name}: {" ".join(command)} ended {done.returncode}: {said}')
        return done.stdout or ""

    def start(self, service):
        """Starts a service as systemd would. Does nothing when it is running."""
        if self.processes(service):
            return
        unit = Unit(service, f"/proc/{self.first_process()}/root/etc", self.name)
        with open(self._log(service), "a", encoding="utf-8") as log:
            subprocess.Popen(
                self.enter(unit.argv(), unit.user, unit.environment), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, cwd="/")

    def call(self, service, check=True, timeout=120):
        """Runs a oneshot service to its end, as a timer would, and the one for its failure when it fails."""
        unit = Unit(service, f"/proc/{self.first_process()}/root/etc", self.name)
        try:
            return self.run(unit.argv(), unit.user, True, timeout)
        except OSError as error:
            if unit.on_failure:
                self.call(unit.on_failure)
            if check:
                raise
            return str(error)

    def kill(self, *services, number=signal.SIGKILL):
        """Sends a signal to all processes of these services."""
        for process in self.processes(*services):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, number)

    def processes(self, *services):
        """The processes of these services, as numbered in the lab."""
        first = self.first_process()
        if not first:
            return []
        assert set(services) <= set(SERVICES), services
        space = os.readlink(f"/proc/{first}/ns/pid")
        found = []
        for process in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                if os.readlink(f"/proc/{process}/ns/pid") != space:
                    continue
                with open(f"/proc/{process}/stat", encoding="utf-8") as file:
                    name, _, rest = file.read().partition("(")[2].rpartition(")")
                if name in services and rest.split()[0] not in "ZX":
                    found.append(int(process))
        return found

    def has_address(self, address):
        """Whether one of the host's interfaces has this address."""
        if not self.first_process():
            return False
        return f" {address}/" in self.run(["ip", "-oneline", "-4", "address"], check=False)

    def log_tail(self, service, lines=15):
        """The last lines of a service's log."""
        with contextlib.suppress(FileNotFoundError):
            with open(self._log(service), encoding="utf-8", errors="replace") as file:
                return file.readlines()[-lines:]
        return []

    def _log(self, service):
        return os.path.join(self.folder, "log", service + ".log")


def _run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f'{" ".join(command)}: {(done.stderr or done.stdout).strip()}')
