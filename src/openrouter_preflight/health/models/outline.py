"""The outline of any text: keys and brackets around each place. Pure.

One tolerant reader for YAML, JSON, TOML, .env files and source code: indentation, brackets and `[sections]` make
scopes. It never fails; a text that is none of these has one scope. Runs in time linear in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_REACH: Final = 160
"""Characters before a bracket in which its name is looked for."""
_DEEPEST: Final = 200
_LONGEST_KEY_LINE: Final = 400
_TOKEN: Final = re.compile(r"""(?<!\w)"(?:\\.|[^"\\])*"|(?<!\w)'(?:\\.|[^'\\])*'|(?P<bracket>[\[\](){}])""")
_SECTION: Final = re.compile(r"""\s*\[\[?\s*([\w."' :/-]+?)\s*\]\]?\s*$""")
_BLOCK: Final = re.compile(
    r"""(?P<indent>\s*(?:-\s+)*)(?:["']?(?P<key>[\w./ @~:-]*?)["']?\s*:(?:\s+(?:[>|][+-]?\d*|[&!]\S+))*\s*$)?"""
)
_ITEM: Final = re.compile(r"\s*-\s+")
_BRACKET_NAME: Final = re.compile(r"""([A-Za-z_$][\w.$-]*)["'`]?\s*(?::=|=>|[:=])?\s*$""")
_DECLARED: Final = re.compile(r"(?:const|let|var|final|val|static)\s+([\w$]+)[^=(){}]*=\s*$")
_PAIR: Final = re.compile(
    r"""(?<![\w.$-])["']?([A-Za-z_$][\w.$-]*)["']?\s*(?::=|=>|[:=])\s*["'`]?([^"'`,;{}()\[\]\s]+)"""
)
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
    """Columns before it; -1 for the root and for sections."""
    depth: int = 0
    pairs: dict[str, str] = field(default_factory=dict)
    """Keys with simple values directly in it."""

    def upward(self) -> Iterator[Scope]:
        """Yield this scope and those around it, the root last."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent


@dataclass(slots=True)
class Line:
    """A line with the scopes in force on it: each from its column on, in order."""

    text: str
    columns: list[int]
    scopes: list[Scope]

    def scope_at(self, column: int) -> Scope:
        """Return the scope in force at a column."""
        return self.scopes[bisect_right(self.columns, column) - 1]


def outline(text: str) -> Iterator[Line]:
    """Yield each line with its scopes, complete after the last line."""
    scope = root = Scope()
    for text_line in text.split("\n"):
        if not scope.opener:
            scope = _block(text_line, scope, root)
        line = Line(text_line, [0], [scope])
        for token in _TOKEN.finditer(text_line):
            bracket = token["bracket"]
            if bracket is None:
                continue
            scope = _closed(scope, bracket) if bracket in _CLOSES else _opened(scope, bracket, line, token.start())
            line.columns.append(token.end())
            line.scopes.append(scope)
        for found in _PAIR.finditer(text_line):
            line.scope_at(found.start()).pairs.setdefault(found[1], found[2])
        yield line
        scope = scope if scope.opener else _with_block(text_line, scope)


def _block(line: str, scope: Scope, root: Scope) -> Scope:
    """Return the line's block by indentation; a list item is one of its own."""
    if not line.strip():
        return scope
    if section := _SECTION.match(line):
        return Scope(name=section[1].strip("\"' "), parent=root, depth=1)
    indent = len(line) - len(line.lstrip())
    is_item = _ITEM.match(line) is not None
    while scope.parent is not None and scope.indent >= indent and not _is_section(scope, root):
        if is_item and scope.indent == indent and scope.name:
            break  # a list may stand right below its key
        scope = scope.parent
    if is_item:
        return _inside(scope, indent=indent)
    return scope


def _is_section(scope: Scope, root: Scope) -> bool:
    return scope.indent == -1 and scope is not root


def _with_block(line: str, scope: Scope) -> Scope:
    """The scope for the lines below: a key without a value opens a block."""
    found = _BLOCK.match(line) if len(line) <= _LONGEST_KEY_LINE else None
    if found is None or found["key"] is None or scope.depth > _DEEPEST:
        return scope
    return _inside(scope, name=found["key"], indent=len(found["indent"]))


def _inside(scope: Scope, *, name: str = "", opener: str = "", indent: int) -> Scope:
    return Scope(name=name, parent=scope, opener=opener, indent=indent, depth=scope.depth + 1)


def _opened(scope: Scope, bracket: str, line: Line, column: int) -> Scope:
    if scope.depth > _DEEPEST:
        return scope
    before = line.text[max(column - _REACH, 0) : column]
    found = _DECLARED.search(before) or _BRACKET_NAME.search(before)
    return _inside(scope, name=found[1] if found else "", opener=bracket, indent=scope.indent)


def _closed(scope: Scope, bracket: str) -> Scope:
    """Return the scope around the nearest one that `bracket` closes."""
    for each in scope.upward():
        if each.opener == _CLOSES[bracket]:
            return each.parent or each
        if not each.opener:
            break
    return scope
