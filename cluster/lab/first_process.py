"""The first process of a PID namespace: creates a file that says that the setup is complete, and reaps child processes.

When it is killed, the kernel kills every process of the namespace and removes its mounts and network.
"""

import os
import signal
import sys

signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
with open(sys.argv[1], "w", encoding="utf-8"):
    pass
while True:
    signal.sigwait([signal.SIGCHLD])
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
