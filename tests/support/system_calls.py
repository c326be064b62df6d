"""Which tests use what only some systems have: they are skipped where it is missing."""

from __future__ import annotations

import ast
import inspect
import os
import signal
import textwrap
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

NOT_EVERYWHERE = {
    *("F_SETPIPE_SZ", "fork", "geteuid", "getgid", "getrusage", "getuid", "killpg", "mkfifo", "mknod", "posix_spawn"),
    *("sched_getaffinity", "setrlimit", "setsid", "SIGKILL", "SIGHUP", "wait4", "waitid"),
}
_UNIX_MODULES = ("fcntl", "resource")


def missing_here(function: Callable[..., Any]) -> set[str]:
    """What the test uses by name and this system does not have."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError, TypeError):
        return set()
    return {name for name in attributes(tree) & NOT_EVERYWHERE if not _is_here(name)}


def attributes(tree: ast.AST) -> set[str]:
    """The names that are read from something, as `mkfifo` in `os.mkfifo`."""
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


@cache
def _is_here(name: str) -> bool:
    modules: list[Any] = [os, signal]
    for each in _UNIX_MODULES:
        try:
            modules.append(import_module(each))
        except ImportError:
            continue
    return any(hasattr(module, name) for module in modules)
