"""Run as a script: become another user if told so, promise to die with the parent, then exec.

    leash.py PARENT_PID DEATH_SIGNAL UID GID PROGRAM ARGUMENT...

A separate process and not a `preexec_fn`, because the parent may have threads. The order matters:
changing the user clears the parent-death signal, and the parent may have died before it was set.
UID -1 keeps the user. Only Linux has the signal; elsewhere watchdog.py does this work alone.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    parent, death_signal, uid, gid = (int(argument) for argument in arguments[:4])
    if uid != -1:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("The process that started this one is gone.")
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # the parent held signals back while it forked
    command = arguments[4:]
    try:
        os.execvp(command[0], command)  # noqa: S606 - that is the point
    except OSError as error:
        sys.exit(f"{command[0]} cannot be run: {error.strerror}.")


if __name__ == "__main__":
    main(sys.argv[1:])
