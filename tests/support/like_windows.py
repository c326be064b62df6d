"""Runs the program as far as possible as on Windows: without what Python does not have there.

`python like_windows.py [--macos] ARGUMENTS…`. What git and the file system do stays Linux.
"""

from __future__ import annotations

import os
import select
import signal
import sys

_MODULES = ("fcntl", "resource", "termios", "tty", "pty", "pwd", "grp", "posix")
_OS = (
    *("fork", "forkpty", "posix_spawn", "posix_spawnp", "wait3", "wait4", "waitid", "register_at_fork"),
    *("O_NOFOLLOW", "O_NONBLOCK", "O_DIRECTORY", "O_CLOEXEC", "mkfifo", "mknod", "getuid", "geteuid", "getgid"),
    *("sched_getaffinity", "pread", "preadv", "pwrite", "sendfile", "splice", "memfd_create", "copy_file_range"),
    *("chown", "fchown", "fchmod", "getpgid", "killpg", "setsid", "getloadavg", "posix_fadvise", "sysconf"),
)
_MACOS_OS = ("sched_getaffinity", "splice", "memfd_create", "copy_file_range", "posix_fadvise", "O_PATH", "pidfd_open")
_SIGNALS = ("SIGHUP", "SIGALRM", "SIGCHLD", "SIGPIPE", "SIGUSR1", "pthread_sigmask", "setitimer", "alarm")


def strip(*, macos: bool) -> None:
    """Take away what the other system does not have."""
    import multiprocessing.connection  # noqa: F401 - these need it themselves
    import socketserver  # noqa: F401
    import subprocess
    import tempfile  # noqa: F401
    import urllib.request  # noqa: F401

    setattr(subprocess, "_USE_POSIX_SPAWN", False)  # noqa: B010 - its own way starts the same programs
    for name in _MACOS_OS if macos else _OS:
        if hasattr(os, name):
            delattr(os, name)
    if macos:
        sys.platform = "darwin"
        return
    for module in _MODULES[:3]:
        sys.modules[module] = None  # type: ignore[assignment]
    for name in _SIGNALS:
        if hasattr(signal, name):
            delattr(signal, name)
    for name in ("poll", "epoll"):
        if hasattr(select, name):
            delattr(select, name)


def main() -> None:
    """Run the program without them."""
    macos = sys.argv[1:2] == ["--macos"]
    sys.argv[1:] = sys.argv[2:] if macos else sys.argv[1:]
    strip(macos=macos)
    from openrouter_preflight.__main__ import main as program

    program()


if __name__ == "__main__":
    main()
