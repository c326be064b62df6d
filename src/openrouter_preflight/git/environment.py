"""The environment and options that every call of git shares.

Import-light on purpose: `git.spawn` and `git.process` start here. Nothing is run in this module.

The repository is hostile (SECURITY.md). Its configuration is still read, because git cannot be told not to, so that
every setting of it that could start a program is overridden; `safe.directory` is never touched.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

OPTIONS = (
    "--no-pager",
    "--no-replace-objects",
    "--no-optional-locks",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.alternateRefsCommand=",
    "-c",
    "core.sshCommand=false",
    "-c",
    "core.gitProxy=",
    "-c",
    "core.quotePath=false",
    "-c",
    "protocol.allow=never",
    "-c",
    "advice.graftFileDeprecated=false",  # a remark that would stand in every complaint
    "-c",
    "i18n.commitEncoding=UTF-8",
    "-c",
    "i18n.logOutputEncoding=UTF-8",
    "-c",
    "core.commitGraph=false",
    "-c",
    "core.multiPackIndex=false",
)
"""Options before the command.

No program of the repository's choosing is started, no object is replaced, none is taken from an index of others that
might lie, and what is printed is in the encoding that is read here.
"""

PATIENCE = 1.0
"""Seconds of silence after which it is looked whether something blocks git."""

LONGEST_COMPLAINT = 64 * 1024
"""Bytes of standard error that are kept."""

_KEPT = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_CEILING_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_CONFIG_COUNT",
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_CONFIG_PARAMETERS",
        "GIT_CONFIG_SYSTEM",
        "GIT_DIR",
        "GIT_DISCOVERY_ACROSS_FILESYSTEM",
        "GIT_EXEC_PATH",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_QUARANTINE_PATH",
        "GIT_WORK_TREE",
    }
)
"""Variables of a hook's git about places, and the user's protected configuration."""

_KEPT_PREFIXES = ("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_")

_FIXED = {
    "GIT_ALLOW_PROTOCOL": "",  # no protocol at all: a git too old for GIT_NO_LAZY_FETCH cannot fetch either
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


_HEX = frozenset("0123456789abcdefABCDEF")
_DIGITS_OF_A_KEY = 16

_PROGRAM = "git.exe" if os.name == "nt" else "git"


def find_git(environ: Mapping[str, str]) -> str | None:
    """Return git's file from the absolute folders of PATH, or None.

    A PATH with `.` in it, and Windows without, would start a `git` that stands in the checkout.
    """
    for folder in environ.get("PATH", os.defpath).split(os.pathsep):
        program = os.path.join(folder, _PROGRAM)
        if os.path.isabs(folder) and os.access(program, os.X_OK):
            return program
    return None


def hardened_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for git: places, no programs, no key.

    A variable is dropped when its name is OpenRouter's or its value holds something like a key.
    """
    kept = {name: value for name, value in environ.items() if _may_pass(name) and not _may_be_key(name, value)}
    return {**kept, **_FIXED}


def _may_be_key(name: str, value: str) -> bool:
    """Return True for a value with a key; folder names may have the prefix."""
    enough = _DIGITS_OF_A_KEY if name.upper() in _KEPT else 0
    return any(_HEX.issuperset(rest[:enough]) and len(rest) >= enough for rest in value.split("sk-or-v1-")[1:])


def _may_pass(name: str) -> bool:
    upper = name.upper()
    if upper.startswith("GIT_"):
        return upper in _KEPT or upper.startswith(_KEPT_PREFIXES)
    return not upper.startswith(("OPENROUTER_", "SSH_ASKPASS")) and upper not in {"PAGER", "EDITOR", "VISUAL"}
