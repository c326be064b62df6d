"""The outline of any text: which keys and brackets enclose a place, and what stands beside it there. Pure.

One tolerant reader for YAML, JSON, TOML, .env files and source code: indentation, brackets and `[sections]` make
scopes. It never fails; a text that is none of these has one scope. Runs in time linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_REACH: Final = 160
"""Characters before a bracket in which its name is looked for."""
_DEEPEST: Final = 200
_TOKEN: Final = re.compile(r"""(?<!\w)"(?:\\.|[^"\\])*"|(?<!\w)'(?:\\.|[^'\\])*'|(?P<bracket>[\[\](){}])""")
_SECTION: Final = re.compile(r"""\s*\[\[?\s*([\w."' :/-]+?)\s*\]\]?\s*$""")
_BLOCK: Final = re.compile(
    r"""(?P<indent>\s*(?:-\s+)*)(?:["']?(?P<key>[\w./ @~:-]*?)["']?\s*:(?:\s+(?:[>|][+-]?\d*|[&!]\S+))*\s*$)?"""
)
_ITEM: Final = re.compile(r"\s*-\s+")
_BRACKET_NAME: Final = re.compile(r"""([A-Za-z_$][\w.$-]*)["'`]?\s*(?::=|=>|[:=])?\s*$""")
_DECLARED: Final = re.compile(r"(?:const|let|var|final|val|static|export)\s+([\w$]+)[^=(){}]*=\s*$")
_PAIR: Final = re.compile(r"""["']?([A-Za-z_$][\w.$-]*)["']?\s*(?::=|=>|[:=])\s*["'`]?([^"'`,;{}()\[\]\s]+)""")
_CLOSES: Final = {")": "(", "]": "[", "}": "{"}


@dataclass(slots=True, eq=False)
class Scope:
    """One bracket, block, list item or section."""

    name: str = ""
    """The key, variable or function in front of it; empty where there is none."""
    parent: Scope | None = None
    opener: str = ""
    """`(`, `[` or `{`; empty for a block."""
    indent: int = -1
    pairs: dict[str, str] = field(default_factory=dict)
    """Keys with simple values directly in it."""

    def upward(self) -> Iterator[Scope]:
        """Yield this scope and those around it, the root last."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent


def outline(text: str) -> Iterator[tuple[str, list[tuple[int, Scope]]]]:
    """Yield each line with the scopes in force on it: from each column on, in order."""
    scope = root = Scope()
    for line in text.split("\n"):
        if not _is_in_bracket(scope):
            scope = _block(line, scope, root)
        changes = [(0, scope)]
        inner = scope
        for token in _TOKEN.finditer(line):
            bracket = token["bracket"]
            if bracket is None:
                continue
            inner = _closed(inner, bracket) if bracket in _CLOSES else _opened(inner, bracket, line, token.start())
            changes.append((token.end(), inner))
        _note_pairs(line, changes)
        yield line, changes
        scope = _with_block(line, inner) if not _is_in_bracket(inner) else inner


def scope_at(changes: list[tuple[int, Scope]], column: int) -> Scope:
    """Return the scope in force at a column of the line."""
    return next(scope for start, scope in reversed(changes) if start <= column)


def _is_in_bracket(scope: Scope) -> bool:
    return bool(scope.opener)


def _block(line: str, scope: Scope, root: Scope) -> Scope:
    """The block that the line belongs to, by its indentation; a list item is a block of its own."""
    if not line.strip():
        return scope
    if section := _SECTION.match(line):
        return Scope(name=section[1].strip("\"' "), parent=root, indent=-1)
    indent = len(line) - len(line.lstrip())
    while scope.parent is not None and scope.indent >= indent and not _is_section(scope, root):
        scope = scope.parent
    if _ITEM.match(line):
        return Scope(parent=scope, indent=indent)
    return scope


def _is_section(scope: Scope, root: Scope) -> bool:
    return scope.indent == -1 and scope is not root


def _with_block(line: str, scope: Scope) -> Scope:
    """The scope for the lines below: a key without a value opens a block."""
    found = _BLOCK.match(line)
    if found is None or found["key"] is None or _depth(scope) > _DEEPEST:
        return scope
    return Scope(name=found["key"], parent=scope, indent=len(found["indent"]))


def _opened(scope: Scope, bracket: str, line: str, column: int) -> Scope:
    if _depth(scope) > _DEEPEST:
        return scope
    before = line[max(column - _REACH, 0) : column]
    found = _DECLARED.search(before) or _BRACKET_NAME.search(before)
    return Scope(name=found[1] if found else "", parent=scope, opener=bracket, indent=scope.indent)


def _closed(scope: Scope, bracket: str) -> Scope:
    """The scope around the nearest one that `bracket` closes; a bracket that closes nothing changes nothing."""
    for each in scope.upward():
        if each.opener == _CLOSES[bracket]:
            return each.parent or each
        if not each.opener:
            break
    return scope


def _depth(scope: Scope) -> int:
    return sum(1 for _ in scope.upward())


def _note_pairs(line: str, changes: list[tuple[int, Scope]]) -> None:
    for found in _PAIR.finditer(line):
        scope_at(changes, found.start()).pairs.setdefault(found[1], found[2])
