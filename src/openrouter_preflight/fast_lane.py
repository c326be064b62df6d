"""The fast lane: scans for which people wait, read without click.

It recognises command lines, calls the same source as the full command, and hands the same result on to that in all
other cases: what was read is not read again.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrouter_preflight.scan.job import ScanJob
    from openrouter_preflight.scan.scan_data import ScanData

_SETTINGS = "OPENROUTER_PREFLIGHT_"
_SPEAKS_OTHERWISE = ("CLICOLOR_FORCE", "FORCE_COLOR", "GITHUB_ACTIONS")


def scan(arguments: list[str]) -> tuple[int | None, ScanData | None]:
    """Scan as `arguments`, from `scan` on, say.

    Return the exit code where all is said, else what was read, for the full command. Neither where the command line is
    another, or something stopped the reading: then the full command says why.
    """
    if any(name.startswith(_SETTINGS) for name in os.environ):
        return None, None
    quiet = "--quiet" in arguments
    if not quiet and (sys.stdout is None or sys.stdout.isatty() or _speaks_otherwise()):
        return None, None
    try:
        job = _recognise(arguments[1:])
        if job is None:
            return None, None
        from openrouter_preflight.scan.read import read

        data = read(job)
        if not data.is_clean or not _config_is_sound():
            return None, data
    except Exception:  # noqa: BLE001 - whatever stops the fast lane, the full command decides
        return None, None
    if not quiet:
        from openrouter_preflight.summary_line import scanned

        sys.stdout.write(f"PASS: no leak found: {scanned(job.mode, data.objects, data.size, data.commits)}.\n")
        sys.stdout.flush()
    return 0, data


def _speaks_otherwise() -> bool:
    """Return True where the environment asks for colours or CI's words."""
    return any(name in os.environ for name in _SPEAKS_OTHERWISE)


def _recognise(arguments: list[str]) -> ScanJob | None:
    """Return the job of the words after `scan`; None for the full command."""
    from openrouter_preflight.scan.job import ScanJob

    cut = arguments.index("--") if "--" in arguments else len(arguments)
    words = [word for word in arguments[:cut] if word != "--quiet"]
    paths = arguments[cut + 1 :]
    if "--staged" in words:
        words = [word for word in words if word != "--staged"]
        are_files_of_a_manager = bool(words) and not paths and "PRE_COMMIT" in os.environ
        if "" in words + paths or any(word.startswith("-") for word in words) or are_files_of_a_manager:
            return None
        return ScanJob(mode="staged", paths=(*words, *paths))
    if paths:
        return None
    if not words:
        return ScanJob(mode="tree")
    if len(words) == 2 and words[0] == "--message":
        return ScanJob(mode="message", paths=(words[1],))
    if len(words) == 2 and words[0] == "--range":
        return ScanJob(mode="range", range=words[1])
    return None


def _config_is_sound() -> bool:
    """Return True without a config file, or with one that parses."""
    from openrouter_preflight.repository_root import find_root
    from openrouter_preflight.settings import CONFIG_NAMES

    here = os.getcwd()
    folders = (here, find_root(here) or here)
    if not any(os.path.lexists(os.path.join(folder, name)) for folder in folders for name in CONFIG_NAMES):
        return True
    from pathlib import Path

    from openrouter_preflight.errors import UsageError
    from openrouter_preflight.settings.config.config_file import load_config

    try:
        load_config(None, Path(here))
    except UsageError:
        return False
    return True
