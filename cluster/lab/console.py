"""The commands of scripts/lab. Each is started outside of the lab and continues inside."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time

from . import database, facts, runner, scenarios, table
from .cluster import Cluster
from .command import Reportgen
from .place import NAMESPACES, Place, remove_dead

_PROGRAMS = ("etcd", "patroni", "vip-manager", "pgbackrest", "psql", "ip", "nsenter", "unshare", "setpriv", "openssl")
_INSIDE = "--inside"
# The kernel features that a lab needs, tried in namespaces that end at once.
_NEEDED = """
command -v ip >/dev/null || exit 0  # a missing package is reported by _check
ip link add bridge0 type bridge
ip link add cable0 type veth peer name cable1
mount -n -t tmpfs memory /tmp
mkdir /tmp/upper /tmp/work
mount -n -t overlay etc -o lowerdir=/etc,upperdir=/tmp/upper,workdir=/tmp/work /etc
"""
_LIMIT = 25 * 60  # seconds for all scenarios, which take ten minutes


def main(arguments, script, usage):
    """Runs one command. Returns the exit code."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(usage)
        return 0 if arguments else 64
    inside = arguments[0] == _INSIDE
    name, *rest = arguments[1:] if inside else arguments
    commands = _INSIDE_COMMANDS if inside else {**dict.fromkeys(_INSIDE_COMMANDS, _go_inside), **_OUTSIDE_COMMANDS}
    if name not in commands:
        print(f'error: no command is named "{name}"\n{usage}', file=sys.stderr)
        return 64
    lab = os.environ.get("LAB") or "lab"
    os.umask(0o022)  # services with users of their own read the hosts' folders
    try:
        if "--if-possible" in rest and (reason := _impossible()):
            print(f"SKIPPED: the scenarios of the lab: {reason}", file=sys.stderr)
            return 0
        if not inside and name != "scenarios":
            _check(lab)
        return commands[name](Place(lab), name, rest, script)
    except (OSError, facts.TooLate, database.SQLError, KeyError, subprocess.TimeoutExpired) as error:
        print(f"error: {error.args[0] if isinstance(error, KeyError) else error}", file=sys.stderr)
        return 1


def _impossible():
    """Why this machine cannot run a lab; None when it can."""
    if os.geteuid():
        return "a lab needs root, because it creates network namespaces"
    tried = subprocess.run(
        ["unshare", *NAMESPACES, "--fork", "--mount-proc", "sh", "-ec", _NEEDED],
        capture_output=True, text=True, check=False)
    return f"root cannot create a lab on this machine: {tried.stderr.strip()}" if tried.returncode else None


def _check(lab):
    if reason := _impossible():
        raise OSError(reason)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,40}", lab):
        raise OSError(f'"{lab}" cannot be the name of a lab: use lower-case letters, digits and hyphens')
    missing = [program for program in _PROGRAMS if not shutil.which(program)]
    if missing:
        raise OSError(f'cannot find {", ".join(missing)}; "scripts/deps --lab" installs the packages')


# Outside


def _up(place, _, options, script):
    if set(options) - {"--empty"}:
        raise OSError("usage: scripts/lab up [--empty]")
    remove_dead("test-")
    with place.alone():
        if place.is_whole:
            print(f'lab "{place.name}" is up')
            return 0
        place.begin()
        try:
            status = subprocess.run(
                place.enter([script, _INSIDE, "up", *options]), env={**os.environ, "LAB": place.name}, check=False
            ).returncode
        except BaseException:
            place.end()
            raise
        if status:
            place.end()
        else:
            place.mark_whole()
        return status


def _down(place, _, __, ___):
    remove_dead("test-")
    with place.alone():
        place.end()
    return 0


def _test(_, __, options, script):
    """Runs scenarios in new labs that end with this process: all of them on two labs, or the named ones on one."""
    recording = "--record" in options
    names = [option for option in options if not option.startswith("--")]
    remove_dead("test-")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"error: the scenarios did not end within {_LIMIT // 60} minutes"))
    signal.alarm(_LIMIT)
    if not names and not recording:
        return _test_side_by_side(script)
    place = Place(f"test-{os.getpid()}")
    with place.alone():
        try:
            place.begin(tied=True)
            environment = {**os.environ, "LAB": place.name}
            if recording:
                environment["LAB_RECORD"] = table.PAGE
            for command in ["up"], ["scenario", *names]:
                status = subprocess.run(
                    place.enter([script, _INSIDE, *command]), env=environment, check=False).returncode
                if status:
                    break
        finally:
            place.end()
    return status


def _test_side_by_side(script):
    """Runs all scenarios on two labs at once, because they mostly wait."""
    names = [found.name for found in scenarios.load()]
    children = [
        subprocess.Popen(["setpriv", "--pdeathsig", "TERM", script, "test", *names[half::2]]) for half in range(2)]
    return max(child.wait() for child in children)


def _go_inside(place, name, rest, script):
    if not place.is_whole:
        raise OSError(f'lab "{place.name}" is not up: "make lab-up"')
    return subprocess.run(
        place.enter([script, _INSIDE, name, *rest]), env={**os.environ, "LAB": place.name}, check=False).returncode


# Inside


def _begin(place, _, options, __):
    started = time.monotonic()
    cluster = Cluster(place.root)
    try:
        cluster.up()
        if "--empty" not in options:
            database.load_store(cluster)
    except (OSError, facts.TooLate, database.SQLError):
        cluster.print_logs()
        raise
    print(f'lab "{place.name}" is up after {time.monotonic() - started:.1f} s: leader {cluster.leader().name}')
    return 0


def _status(place, _, __, ___):
    cluster = Cluster(place.root)
    leader, holders = cluster.leader(), cluster.holders()
    print(f"{'HOST':<12}{'ADDRESS':<16}{'POWER':<7}{'ETCD':<9}{'POSTGRESQL':<24}{'TIMELINE':<10}VIRTUAL ADDRESS")
    for host in cluster.hosts:
        said = facts.described(host) if host in cluster.members else {}
        role = "leader" if host is leader else said.get("role", "-")
        shown = f'{role}, {said["state"]}' if said else "-" if host not in cluster.members else "no Patroni"
        print(
            f"{host.name:<12}{host.address:<16}{'on' if host.first_process() else 'off':<7}"
            f"{_etcd(host):<9}{shown:<24}{said.get('timeline', '-')!s:<10}"
            f"{cluster.virtual_address if host in holders else '-'}")
    return 0 if cluster.is_whole() else 1


def _etcd(host):
    if "etcd" not in host.runs:
        return "-"
    return "healthy" if facts.etcd_serves(host) else "silent"


def _exec(place, _, arguments, __):
    if len(arguments) < 2:
        raise OSError("usage: scripts/lab exec [USER@]HOST COMMAND…")
    user, _, name = arguments[0].rpartition("@")
    os.execvp("nsenter", Cluster(place.root).host(name).enter(arguments[1:], user or "root"))


def _reportgen(place, _, arguments, __):
    reportgen = Reportgen(Cluster(place.root), executable())
    if not os.path.isdir(reportgen.folder):
        reportgen.make_project()
    os.execvp("nsenter", reportgen.enter(arguments))


def _logs(place, _, arguments, __):
    if len(arguments) != 2:
        raise OSError("usage: scripts/lab logs HOST SERVICE")
    print("".join(Cluster(place.root).host(arguments[0]).log_tail(arguments[1], 10000)), end="")
    return 0


def _scenario(place, _, names, __):
    cluster = Cluster(place.root)
    results = runner.run(cluster, executable(), names)
    if os.environ.get("LAB_RECORD"):
        table.record(os.environ["LAB_RECORD"], results)
    return 1 if any(result.complaints for result in results) else 0


def _scenarios(_, __, ___, ____):
    for found in scenarios.load():
        print(f"{found.name:<26}{found.promise}")
    return 0


def _repair(place, _, __, ___):
    Cluster(place.root).repair()
    return 0


def executable():
    """The path of the command under test: REPORTGEN, or bin/reportgen."""
    path = os.environ.get("REPORTGEN") or os.path.join(database.PROJECT, "bin", "reportgen")
    if not os.access(path, os.X_OK):
        raise OSError(f'cannot run {path}: run "make build", or set REPORTGEN to the path of the command')
    return path


_OUTSIDE_COMMANDS = {"up": _up, "down": _down, "scenarios": _scenarios, "test": _test}
_INSIDE_COMMANDS = {
    "up": _begin, "status": _status, "exec": _exec, "reportgen": _reportgen, "logs": _logs, "repair": _repair,
    "scenario": _scenario,
}
