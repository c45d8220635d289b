"""The folder and the namespaces of a lab. All of them end with one process."""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import time

LABS = "/run/reportgen-lab"
HERE = os.path.dirname(os.path.abspath(__file__))
NAMESPACES = ("--net", "--mount", "--pid", "--ipc", "--uts")


class Place:
    """The folder of a lab and its namespaces. Labs with different names are independent of each other."""

    def __init__(self, name):
        self.name = name
        self.folder = os.path.join(LABS, name)
        self.root = os.path.join(self.folder, "root")  # a file system in memory, mounted inside only

    @contextlib.contextmanager
    def alone(self, waiting=True):
        """Locks the name: one command at a time starts or stops a lab of this name.

        Raises BlockingIOError when the name is locked and `waiting` is false.
        """
        path = os.path.join(LABS, f".{self.name}.lock")
        with contextlib.ExitStack() as stack:
            while True:
                os.makedirs(LABS, mode=0o755, exist_ok=True)
                file = stack.enter_context(open(path, "w", encoding="utf-8"))
                fcntl.flock(file, fcntl.LOCK_EX | (0 if waiting else fcntl.LOCK_NB))
                # The previous owner removes the file, so the locked file may no longer be the one with this path.
                with contextlib.suppress(FileNotFoundError):
                    if os.path.samestat(os.stat(path), os.fstat(file.fileno())):
                        break
            try:
                yield
            finally:
                os.remove(path)
                with contextlib.suppress(OSError):
                    os.rmdir(LABS)

    def first_process(self):
        """The lab's first process, or None. Compared by start time, because process numbers are reused."""
        try:
            with open(os.path.join(self.folder, "process"), encoding="utf-8") as file:
                process, started = file.read().split()
        except (OSError, ValueError):
            return None
        return int(process) if _started(process) == started else None

    @property
    def is_whole(self):
        """Whether the lab has started completely: the command that starts it could have been killed."""
        return bool(self.first_process()) and os.path.exists(os.path.join(self.folder, "up"))

    def mark_whole(self):
        """Records that the lab has started completely."""
        with open(os.path.join(self.folder, "up"), "w", encoding="utf-8"):
            pass

    def begin(self, tied=False):
        """Starts an empty lab. A tied lab ends with this process."""
        self.end()
        os.makedirs(self.root)
        # unshare and the lab end together: unshare waits for the lab, and --kill-child kills the lab with it.
        command = [
            "unshare", *NAMESPACES, "--fork", "--kill-child", "--mount-proc", os.path.join(HERE, "begin"), self.folder]
        if tied:
            command = ["setpriv", "--pdeathsig", "KILL", *command]
        with open(os.path.join(self.folder, "log"), "w", encoding="utf-8") as log:
            outer = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd="/")
        limit = time.monotonic() + 10
        while not (process := _ready_child(outer, self.root)):
            if outer.poll() is not None or time.monotonic() > limit:
                with open(log.name, encoding="utf-8") as said:
                    text = said.read().strip()
                outer.kill()
                self.end()
                raise OSError(f"could not start a lab: {text or 'not ready within 10 s'}")
            time.sleep(0.005)
        with open(os.path.join(self.folder, "process"), "w", encoding="utf-8") as file:
            file.write(f"{process} {_started(process)}")

    def enter(self, command):
        """The command line that runs `command` inside the lab, in the current folder."""
        return [
            "nsenter", "--target", str(self.first_process()), *NAMESPACES, "--",
            "env", "--chdir", os.getcwd(), *command]

    def end(self):
        """Stops the lab and removes its folder, also one left by a crash. Does nothing when there is none."""
        process = self.first_process()
        if process:
            os.kill(process, signal.SIGKILL)
            # With the first process, all processes of the lab end.
            while _started(process):
                time.sleep(0.005)
        shutil.rmtree(self.folder, ignore_errors=True)


def remove_dead(prefix):
    """Removes labs that killed commands have left, if their names start with this prefix."""
    for name in os.listdir(LABS) if os.path.isdir(LABS) else ():
        if name.startswith(prefix) and not Place(name).first_process():
            # A locked lab is being started or stopped.
            with contextlib.suppress(BlockingIOError), Place(name).alone(waiting=False):
                Place(name).end()


def _started(process):
    """When a process started, in the kernel's clock ticks; None when it has ended."""
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


def _ready_child(outer, root):
    """The lab's first process, numbered outside of the lab; None before the setup is complete."""
    with contextlib.suppress(OSError):
        with open(f"/proc/{outer.pid}/task/{outer.pid}/children", encoding="utf-8") as file:
            for child in file.read().split():
                if os.path.exists(f"/proc/{child}/root{root}/ready"):
                    return int(child)
    return None
