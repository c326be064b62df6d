"""`openrouter-preflight allow`: allow a key by its fingerprint."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openrouter_preflight.atomic_write import atomic_write
from openrouter_preflight.cli.fitted_help import FittedCommand
from openrouter_preflight.cli.options import OptionType
from openrouter_preflight.clock import SystemClock
from openrouter_preflight.commands.fingerprints import (
    fingerprints_in_report,
    is_beginning,
    whole_fingerprints,
    without_page,
)
from openrouter_preflight.errors import PreflightError, UsageError
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.settings import CONFIG_NAMES
from openrouter_preflight.settings.config.config_file import find_config, read_config, repository_root
from openrouter_preflight.settings.config.config_parser import decode_config, parse_config
from openrouter_preflight.settings.config.yaml_edit import add_allowed
from openrouter_preflight.settings.model import AllowedKey
from openrouter_preflight.settings.redact import holds_key
from openrouter_preflight.settings.values.value_type import DATE, FILE, FINGERPRINT, LINE, BadValueError
from openrouter_preflight.summary_line import count

if TYPE_CHECKING:
    from datetime import date

_KEY_GIVEN = "That is a key; `allow` takes a key's fingerprint."
_KEY_ADVICE = (
    "Copy the fingerprint from the scan's report. The key is now in the history of this shell: clear it there, and "
    "revoke the key if it is a real one."
)


@click.command(
    cls=FittedCommand,
    epilog="""
    \b
    Examples:
      openrouter-preflight allow 85660b16c0de --reason "revoked in 2024"
      openrouter-preflight allow 85660b16c0de 77aa03f9beef --reason "demo accounts" --expires 2027-06-30
      openrouter-preflight allow --from-report report.json --reason "before the hook was installed"

    \b
    The fingerprint is the key's SHA-256, 64 hex digits: whole, its first 12 or more where one key in the index or
    the working tree has them, or the address https://openrouter.ai/keys/... that a report gives.
    The last example takes over an old project: scan --history --report json=report.json wrote that file.
    """,
)
@click.argument("fingerprints", nargs=-1, metavar="[FINGERPRINT]...")
@click.option("--from-report", type=OptionType(FILE), metavar=FILE.metavar, help="Allow every leaked key of a report.")
@click.option("--reason", metavar=LINE.metavar, help="Why the key may stay there; reports show it.  [required]")
@click.option("--expires", type=OptionType(DATE), metavar=DATE.metavar, help="The last day on which it may, in UTC.")
@click.option("--config", type=OptionType(FILE), metavar=FILE.metavar, help="The config file to write to.")
def allow(
    fingerprints: tuple[str, ...],
    from_report: Path | None,
    reason: str | None,
    expires: date | None,
    config: Path | None,
) -> int:
    """Allow keys to stay in the repository: add their fingerprints to the config file.

    Comments and order of the file stay as they are. Without a config file, one is made in the repository's root.
    """
    clock = SystemClock()
    today = clock.now().date()
    if not fingerprints and from_report is None:
        raise UsageError("Nothing says which key is to be allowed.", "Give its fingerprint, or --from-report FILE.")
    given = [_checked(text) for text in fingerprints]
    _check_permission(reason, expires, today)
    wanted = whole_fingerprints(given, folder=Path.cwd(), environ=os.environ, clock=clock)
    path = config or _own_config(Path.cwd())
    before = _read(path)
    if from_report is not None:
        known = {entry.fingerprint for entry in parse_config(before.encode(), str(path)).scan.allow}
        reported = fingerprints_in_report(from_report)
        wanted = (*wanted, *(fingerprint for fingerprint in reported if fingerprint not in known))
    new = tuple(
        AllowedKey(fingerprint=fingerprint, reason=reason or "", expires=expires)
        for fingerprint in dict.fromkeys(wanted)
    )
    after = add_allowed(before, new, str(path), today=today)
    _write_and_say(path, before, after, new)
    return 0


def _write_and_say(path: Path, before: str, after: str, new: tuple[AllowedKey, ...]) -> None:
    name = printable(str(path))
    if after == before:
        said = "this key" if len(new) == 1 else "these keys"
        click.echo(f"{name} allows {said} already." if new else f"There is no key in it that {name} does not allow.")
        return
    _write(path, after)
    said = f"the key {new[0].fingerprint[:12]}" if len(new) == 1 else count(len(new), "key")
    click.echo(f"{name} allows {said} now. Stage that file and commit it.")
    click.echo("Until it is staged, hooks of pre-commit and prek may not see it.")


def _own_config(folder: Path) -> Path:
    """Return the config file that a scan in `folder` reads or would read."""
    path = find_config(folder) or (repository_root(folder) or folder) / CONFIG_NAMES[0]
    return Path(os.path.relpath(path, folder))


def _checked(text: str) -> str:
    """Return a fingerprint or its beginning. Raises UsageError."""
    if holds_key(text):
        raise UsageError(_KEY_GIVEN, _KEY_ADVICE)
    fingerprint = without_page(text)
    if is_beginning(fingerprint):
        return fingerprint
    try:
        FINGERPRINT.parse(fingerprint)
    except BadValueError:
        raise UsageError(
            f"The fingerprint is not {FINGERPRINT.expected}: {len(fingerprint)} characters were given.",
            "Give it whole, or its first 12 digits or more, as a report shows it.",
        ) from None
    return fingerprint


def _check_permission(reason: str | None, expires: date | None, today: date) -> None:
    """Raise UsageError for a permission without a reason, or an expired one."""
    if holds_key(reason or ""):
        raise UsageError(_KEY_GIVEN, _KEY_ADVICE)
    if not (reason or "").strip():
        raise UsageError("--reason is missing.", "Say why this key may stay there: whoever reads the report will ask.")
    if expires is not None and expires < today:
        raise UsageError(f"--expires: {expires} has passed.", "Give the last day on which the key is to be allowed.")


def _read(path: Path) -> str:
    """Return the file's exact text; empty where there is none. Raises UsageError."""
    if not os.path.exists(path):  # noqa: PTH110 - Path.exists raises where a folder may not be entered
        return ""
    raw = read_config(path)
    decode_config(raw, str(path))
    return raw.decode()


def _write(path: Path, text: str) -> None:
    try:
        atomic_write(path, text.encode())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UsageError(
            f"{printable(str(path))} cannot be written: {error.strerror}.", "Create the folder first."
        ) from None
    except OSError as error:
        raise PreflightError(
            f"{printable(str(path))} could not be written: {error.strerror}.", "It is unchanged."
        ) from None
