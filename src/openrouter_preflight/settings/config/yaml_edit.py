"""Addition of an entry to `scan.allow`; every other byte stays.

How the lines are made is for `insertion`. Here the entry is judged, and the result is read again before it is handed
out: what cannot be proven right is refused, with the lines to add by hand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from openrouter_preflight.errors import UsageError
from openrouter_preflight.settings import CONFIG_NAMES, LARGEST_CONFIG
from openrouter_preflight.settings.config.config_parser import parse_config
from openrouter_preflight.settings.config.insertion import Style, insert_allowed
from openrouter_preflight.settings.config.yaml_nodes import read_nodes
from openrouter_preflight.settings.redact import printable
from openrouter_preflight.settings.values.value_type import FINGERPRINT, LINE, BadValueError

if TYPE_CHECKING:
    from datetime import date

    from openrouter_preflight.settings.model import AllowedKey, Config

_BOM: Final = "\ufeff"


def add_allowed(
    text: str, allowed: tuple[AllowedKey, ...], name: str = CONFIG_NAMES[0], *, today: date | None = None
) -> str:
    """Return `text` with `allowed` in `scan.allow`, unless it is there.

    Newlines and a byte order mark are part of `text` and kept.

    Raises:
        UsageError: the text is no valid config file, an entry is not valid, a fingerprint is allowed in other words
            already or was until a day before `today`, or the text is written in a way that cannot be edited safely.
    """
    before = parse_config(text.encode(), name)
    known = {entry.fingerprint: entry for entry in before.scan.allow}
    new: list[AllowedKey] = []
    for entry in map(_checked, allowed):
        present = known.setdefault(entry.fingerprint, entry)
        if present is entry:
            new.append(entry)
        elif present != entry:
            raise _present(present, name, today)
    if not new:
        return text
    bare = text.removeprefix(_BOM)
    edited = text.removesuffix(bare) + insert_allowed(bare, read_nodes(bare), tuple(new))
    if len(edited.encode()) > LARGEST_CONFIG:
        raise UsageError(
            f"{printable(name)} would be larger than {LARGEST_CONFIG // 1024} KiB, the most that is read.",
            "Allow fewer keys: leave out files with scan.exclude, or clean the history first.",
        )
    _prove(edited, before, tuple(new), name)
    return edited


def _present(entry: AllowedKey, name: str, today: date | None) -> UsageError:
    if entry.expires and today and entry.expires < today:
        return UsageError(
            f'{printable(name)} allowed this key until {entry.expires}, which has passed: "{entry.reason}"',
            "Give that entry in the file a later day, or take it out and allow the key again.",
        )
    until = f" until {entry.expires}" if entry.expires else ""
    return UsageError(
        f'{printable(name)} allows this key already{until}: "{entry.reason}"', "Change that entry in the file."
    )


def _checked(allowed: AllowedKey) -> AllowedKey:
    """The entry as the file would give it back. Raises UsageError."""
    try:
        FINGERPRINT.parse(allowed.fingerprint)
        reason = str(LINE.parse(allowed.reason))
    except BadValueError as refusal:
        raise UsageError(f"The entry cannot be written: {refusal}") from None
    return replace(allowed, reason=reason)


def _prove(edited: str, before: Config, allowed: tuple[AllowedKey, ...], name: str) -> None:
    """Raise UsageError unless `edited` says what was said before, and the new entries."""
    wanted = replace(before, scan=replace(before.scan, allow=(*before.scan.allow, *allowed)))
    try:
        if parse_config(edited.encode(), name) == wanted:
            return
    except UsageError:
        pass
    by_hand = "\n".join(Style().scan(allowed))
    raise UsageError(
        f"{printable(name)} is written in a way that cannot be edited safely.", f"Add this by hand:\n{by_hand}"
    )
