"""`openrouter-preflight allow`: allow a key by its fingerprint."""

from __future__ import annotations

import os.path
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openrouter_preflight.atomic_write import atomic_write
from openrouter_preflight.cli.options import OptionType
from openrouter_preflight.clock import SystemClock
from openrouter_preflight.errors import PreflightError, UsageError
from openrouter_preflight.keys.printable import printable
from openrouter_preflight.settings import CONFIG_NAMES
from openrouter_preflight.settings.config.config_file import find_config, read_config, repository_root
from openrouter_preflight.settings.config.config_parser import decode_config
from openrouter_preflight.settings.config.yaml_edit import add_allowed
from openrouter_preflight.settings.model import AllowedKey
from openrouter_preflight.settings.redact import holds_key
from openrouter_preflight.settings.values.value_type import DATE, FILE, FINGERPRINT, LINE, BadValueError

if TYPE_CHECKING:
    from datetime import date

_KEY_GIVEN = "That is a key; `allow` takes a key's fingerprint."
_KEY_ADVICE = (
    "Copy the fingerprint from the scan's report. The key now stands in the history of this shell: clear it there, and "
    "revoke the key if it is a real one."
)


@click.command(
    epilog="""
    \b
    Examples:
      openrouter-preflight allow 85660b16…e99a --reason "revoked in 2024"
      openrouter-preflight allow 85660b16…e99a --reason "demo account" --expires 2027-06-30

    \b
    The fingerprint is the key's SHA-256, 64 hex digits. It ends the address that a report gives, and stands in JSON.
    """
)
@click.argument("fingerprint")
@click.option("--reason", metavar=LINE.metavar, help="Why the key may stand there; reports show it.  [required]")
@click.option("--expires", type=OptionType(DATE), metavar=DATE.metavar, help="The last day on which it may, in UTC.")
@click.option("--config", type=OptionType(FILE), metavar=FILE.metavar, help="The config file to write to.")
def allow(fingerprint: str, reason: str | None, expires: date | None, config: Path | None) -> int:
    """Allow a key to stand in the repository: add its fingerprint to the config file.

    Comments and order of the file stay as they are. Without a config file, one is made in the repository's root.
    """
    today = SystemClock().now().date()
    allowed = _entry(fingerprint.strip().lower(), reason, expires, today)
    path = config or _own_config(Path.cwd())
    before = _read(path)
    after = add_allowed(before, allowed, str(path), today=today)
    if after == before:
        click.echo(f"{printable(str(path))} allows this key already.")
        return 0
    _write(path, after)
    click.echo(f"{printable(str(path))} allows the key {allowed.fingerprint[:12]} now. Stage that file and commit it.")
    click.echo("Until it is staged, hooks of pre-commit and prek may not see it.")
    return 0


def _own_config(folder: Path) -> Path:
    """Return the config file that a scan in `folder` reads or would read."""
    path = find_config(folder) or (repository_root(folder) or folder) / CONFIG_NAMES[0]
    return Path(os.path.relpath(path, folder))


def _entry(fingerprint: str, reason: str | None, expires: date | None, today: date) -> AllowedKey:
    """Return the entry to add. Raises UsageError, without showing a key."""
    if holds_key(fingerprint) or holds_key(reason or ""):
        raise UsageError(_KEY_GIVEN, _KEY_ADVICE)
    try:
        FINGERPRINT.parse(fingerprint)
    except BadValueError:
        raise UsageError(
            f"The fingerprint is not {FINGERPRINT.expected}: {len(fingerprint)} characters were given.",
            "Give it whole, as `scan --format json` shows it.",
        ) from None
    if not (reason or "").strip():
        raise UsageError("--reason is missing.", "Say why this key may stand there: whoever reads the report will ask.")
    if expires is not None and expires < today:
        raise UsageError(f"--expires: {expires} has passed.", "Give the last day on which the key is to be allowed.")
    return AllowedKey(fingerprint=fingerprint, reason=reason or "", expires=expires)


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
