"""The extent of a scan in words. It imports nothing: the hook's start-up counts."""

from __future__ import annotations

_PLACES = {
    "staged": "the index",
    "range": "the range",
    "history": "the history",
    "tree": "the working tree",
    "paths": "the files given",
    "stdin": "standard input",
    "push": "what is pushed",
    "message": "the message",
}


def scanned(mode: str, objects: int, size_in_bytes: int, commits: int = 0, *, share: str = "") -> str:
    """Return `12 objects (3.4 kB) of the index`, with commits and share."""
    among = f", {count(commits, 'commit')}" if commits else ""
    of = f"{share} of {_PLACES.get(mode, mode)}" if share else _PLACES.get(mode, mode)
    return f"{count(objects, 'object')} ({size(size_in_bytes)}{among}) of {of}"


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 key`, `2 keys`, `1,200 objects`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size(number: int) -> str:
    """Bytes for people, in powers of 1000: `0 B`, `3.4 kB`, `1.2 GB`."""
    amount = float(number)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 999.5:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 99.95 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:,.1f} TB"
