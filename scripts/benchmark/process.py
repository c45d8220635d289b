"""Child processes and the resources that they use."""

import os
import subprocess
import time
from dataclasses import dataclass


@dataclass
class Usage:
    """The resources of a pipeline: the CPU time of all processes, and the largest peak of memory."""

    wall: float
    cpu: float
    peak_rss: int


class Failed(Exception):
    """A command of the bench ended with an unexpected exit code."""


def run(*commands, env=None, output=None, ok=(0,)):
    """Runs commands as a pipeline, `psql | tee | psql`, the last one's output into a file or nowhere.

    CPU and memory are the kernel's own count (wait4). A process's peak is at least this interpreter's, about 12 MB.
    """
    environment = {**os.environ, **(env or {})}
    started = time.monotonic()
    children = []
    source = subprocess.DEVNULL
    sink = open(output, "wb") if output else subprocess.DEVNULL
    try:
        for index, command in enumerate(commands):
            last = index == len(commands) - 1
            child = subprocess.Popen(
                command, stdin=source, stdout=sink if last else subprocess.PIPE, stderr=subprocess.PIPE,
                env=environment)
            if source is not subprocess.DEVNULL:
                source.close()
            source = child.stdout
            children.append(child)
        cpu, peak = _wait(children, commands, ok)
        return Usage(wall=time.monotonic() - started, cpu=cpu, peak_rss=peak)
    finally:
        if output:
            sink.close()
        for child in children:
            if child.returncode is None:
                child.kill()
                child.wait()
            child.stderr.close()


def _wait(children, commands, ok):
    cpu, peak = 0.0, 0
    for child, command in zip(children, commands):
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss * 1024)
        if child.returncode not in ok:
            error = child.stderr.read().decode(errors="replace")[:4000]
            raise Failed(f"{' '.join(map(str, command))[:200]}: exit {child.returncode}\n{error}")
    return cpu, peak
