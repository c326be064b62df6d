"""The quick way through the scans for which people wait: no click, config file or policy.

It answers only where nothing that could be a key is there, since there is nothing then that a policy could permit.
All else is for the full command, which says the same in the same words.
"""

from __future__ import annotations

import os
import sys

from openrouter_preflight.settings import CONFIG_NAMES

_SPEAKS_OTHERWISE = ("CLICOLOR_FORCE", "FORCE_COLOR", "GITHUB_ACTIONS")


def scan_quickly(arguments: list[str]) -> int | None:
    """Run the scan if it is clean beyond doubt. Its exit code; None: run the full command."""
    if arguments[:1] != ["scan"]:
        return None
    try:
        return _scan(arguments[1:])
    except Exception:  # noqa: BLE001 - whatever stops the quick way, the full command decides
        return None


def _scan(arguments: list[str]) -> int | None:
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    words, paths = arguments[:cut], arguments[cut + 1 :]
    quiet = "--quiet" in words
    words = [word for word in words if word != "--quiet"]
    if not (quiet or _speaks_plainly()):
        return None
    if "--staged" in words:
        return _answer("staged", _staged([word for word in words if word != "--staged"], paths), quiet=quiet)
    if paths:
        return None
    if words[:1] == ["--message"] and len(words) == 2:
        from openrouter_preflight.scan.quick import message_is_clean

        return _answer("message", message_is_clean(words[1]), quiet=quiet)
    if not words and os.path.lexists(".git"):
        from openrouter_preflight.scan.quick_tree import tree_is_clean

        return _answer("tree", tree_is_clean(), quiet=quiet)
    if words[:1] == ["--range"] and len(words) == 2:
        from openrouter_preflight.scan.quick import range_is_clean

        return _answer("range", range_is_clean(words[1]), quiet=quiet)
    return None


def _staged(words: list[str], paths: list[str]) -> tuple[int, int] | None:
    if any(word.startswith("-") for word in words) or (words and not paths and "PRE_COMMIT" in os.environ):
        return None
    from openrouter_preflight.scan.quick import staged_is_clean

    return staged_is_clean(words + paths)


def _answer(mode: str, read: tuple[int, ...] | None, *, quiet: bool) -> int | None:
    if read is None:
        return None
    if not quiet:
        from openrouter_preflight.summary_line import scanned

        sys.stdout.write(f"PASS: no leak found: {scanned(mode, *read)}.\n")
        sys.stdout.flush()
    return 0


def _speaks_plainly() -> bool:
    """Whether the full command's report is one plain line: off a terminal and CI, in a root without a config file."""
    decorated = sys.stdout.isatty() or any(name in os.environ for name in _SPEAKS_OTHERWISE)
    return not decorated and _is_root() and not any(os.path.lexists(name) for name in CONFIG_NAMES)


def _is_root() -> bool:
    """Whether this folder is the top of a working tree, or looks like a bare repository."""
    return os.path.lexists(".git") or all(os.path.lexists(name) for name in ("HEAD", "objects", "refs"))
