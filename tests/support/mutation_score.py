"""The score of each room, of what `mutmut results --all true` says of every mutant: how many the tests noticed.

Run by `make mutants`, which fails where a room's tests let more than one mutant in ten live.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

ENOUGH: Final = 90
_RESULT: Final = re.compile(r"\s*openrouter_preflight\.(\S+): (.+)")
_NOTICED: Final = frozenset({"killed", "timeout", "segfault", "check was interrupted by user"})
"""A mutant that never ends is stopped (timeout, segfault); one that no test module can be loaded with interrupts."""


def stats(lines: Iterable[str], rooms: Iterable[str]) -> dict[str, tuple[Counter[str], list[str]]]:
    """For each room, how many mutants met which end, and the names of those that lived."""
    found: dict[str, tuple[Counter[str], list[str]]] = {room: (Counter(), []) for room in rooms}
    for line in lines:
        result = _RESULT.match(line)
        room = next((room for room in found if result and result[1].startswith(f"{room}.")), None)
        if result is None or room is None:
            continue
        ends, alive = found[room]
        ends[result[2]] += 1
        if result[2] not in _NOTICED:
            alive.append(result[1])
    return found


def main() -> int:
    """Say every room's score; 1 where one is not enough."""
    is_enough = True
    for room, (ends, alive) in stats(sys.stdin, sys.argv[1:]).items():
        total = ends.total()
        score = 100 * (total - len(alive)) / total if total else 0.0
        is_enough = is_enough and score >= ENOUGH
        said = ", ".join(f"{count} {end}" for end, count in ends.most_common())
        sys.stdout.write(f"{room}: {total} mutants, {said}: {score:.1f}% noticed\n")
        sys.stdout.writelines(f"    {name}\n" for name in alive)
    return 0 if is_enough else 1


if __name__ == "__main__":
    sys.exit(main())
