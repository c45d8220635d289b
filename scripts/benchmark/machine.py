"""Describes the machine."""

import os
import platform
import subprocess
from pathlib import Path


def describe(bench):
    return {
        "date": output("date", "-u", "+%Y-%m-%d %H:%M UTC"),
        "commit": output("git", "-C", str(bench.root), "rev-parse", "--short", "HEAD"),
        "processor": processor(),
        "cores": os.cpu_count(),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB",
        "system": f"{release()}, Linux {platform.release()}",
        "swift": output("swift", "--version").splitlines()[0],
        "postgresql": (bench.pair.status or {}).get("primary", {}).get("version") if bench.pair else None,
        "load": "%.1f, %.1f, %.1f" % os.getloadavg(),
    }


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def release():
    for line in Path("/etc/os-release").read_text().splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.partition("=")[2].strip('"')
    return platform.system()


def output(*command):
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "-"
    return answer.stdout.strip() or "-"
