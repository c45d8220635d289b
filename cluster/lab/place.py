"""Where a lab is. Everything it consists of hangs on one process: when that ends, the kernel takes down the rest."""

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
    """The folder of a lab, and the way into its namespaces. Labs of different names know nothing of each other."""

    def __init__(self, name):
        self.name = name
        self.folder = os.path.join(LABS, name)
        self.root = os.path.join(self.folder, "root")  # a file system in memory, seen from inside only

    @contextlib.contextmanager
    def alone(self, waiting=True):
        """One command at a time begins or ends a lab of this name.

        Raises BlockingIOError when another one does and this one shall not wait.
        """
        path = os.path.join(LABS, f".{self.name}.lock")
        with contextlib.ExitStack() as stack:
            while True:
                os.makedirs(LABS, mode=0o755, exist_ok=True)
                file = stack.enter_context(open(path, "w", encoding="utf-8"))
                fcntl.flock(file, fcntl.LOCK_EX | (0 if waiting else fcntl.LOCK_NB))
                # Who had the lock before removes its file: then this is the lock of nothing any more.
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
        """The process that the lab hangs on, or None. A number alone could be another process by now."""
        try:
            with open(os.path.join(self.folder, "process"), encoding="utf-8") as file:
                process, started = file.read().split()
        except (OSError, ValueError):
            return None
        return int(process) if _started(process) == started else None

    @property
    def is_whole(self):
        """Whether it came up to its end: the command that brings it up can be killed, too."""
        return bool(self.first_process()) and os.path.exists(os.path.join(self.folder, "up"))

    def mark_whole(self):
        """Says that it came up."""
        with open(os.path.join(self.folder, "up"), "w", encoding="utf-8"):
            pass

    def begin(self, tied=False):
        """Starts an empty lab. A tied one ends with this process, however that ends."""
        self.end()
        os.makedirs(self.root)
        # unshare waits for the lab; it goes when the lab goes, and the lab with it.
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
                raise OSError(f"could not begin a lab: {text or 'it took more than 10 s'}")
            time.sleep(0.005)
        with open(os.path.join(self.folder, "process"), "w", encoding="utf-8") as file:
            file.write(f"{process} {_started(process)}")

    def enter(self, command):
        """What runs `command` inside, in the current folder."""
        return [
            "nsenter", "--target", str(self.first_process()), *NAMESPACES, "--",
            "env", "--chdir", os.getcwd(), *command]

    def end(self):
        """Ends the lab, or what a crash left of it. Fine when there is none."""
        process = self.first_process()
        if process:
            os.kill(process, signal.SIGKILL)
            # Its end is that of every process in it.
            while _started(process):
                time.sleep(0.005)
        shutil.rmtree(self.folder, ignore_errors=True)


def remove_dead(prefix):
    """Clears away what killed commands left of labs whose names begin like this."""
    for name in os.listdir(LABS) if os.path.isdir(LABS) else ():
        if name.startswith(prefix) and not Place(name).first_process():
            # Whose command still holds the lock is coming up or going down.
            with contextlib.suppress(BlockingIOError), Place(name).alone(waiting=False):
                Place(name).end()


def _started(process):
    """When a process started, in the kernel's clock ticks; None for one that is gone or dead."""
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


def _ready_child(outer, root):
    """The lab's first process, once it has made everything ready; seen from outside."""
    with contextlib.suppress(OSError):
        with open(f"/proc/{outer.pid}/task/{outer.pid}/children", encoding="utf-8") as file:
            for child in file.read().split():
                if os.path.exists(f"/proc/{child}/root{root}/ready"):
                    return int(child)
    return None
