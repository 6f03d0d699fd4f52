"""Run a program that ends when its parent does, also where the parent was killed outright.

Run as a script, with the parent's process id and the program; standard library only. Linux tells the
program that its parent is gone; elsewhere the next start finds it by the list of processes.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, program, *arguments = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != int(parent):
            sys.exit("the parent ended before this began")
    os.execv(program, [program, *arguments])  # noqa: S606


if __name__ == "__main__":
    main()
