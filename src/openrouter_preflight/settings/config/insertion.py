"""Insertion of an entry of `scan.allow` into a config file, in its style.

Nothing is judged here: what comes out may be wrong for a file that is written in an unusual way, and `edit` proves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from openrouter_preflight.settings.config.yaml_nodes import Mapping, Place, Scalar, Sequence, is_blank

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openrouter_preflight.settings.config.yaml_nodes import Node
    from openrouter_preflight.settings.model import AllowedKey

_NOWHERE: Final = Place(1, 1)


@dataclass(frozen=True, slots=True)
class Style:
    """Indentation of a file, and so of new lines in it."""

    words: int = 2
    """Columns from a word to the words below it."""
    lists: int = 2
    """Columns from a word to the dashes below it."""
    dash: int = 2
    """Columns from a dash to what follows it."""

    def entries(self, allowed: tuple[AllowedKey, ...]) -> list[str]:
        """The entries as lines, from the first column."""
        lines: list[str] = []
        for entry in allowed:
            first, *rest = _fields(entry)
            lines += [f"{'-':<{self.dash}}{first}", *(" " * self.dash + line for line in rest)]
        return lines

    def allow(self, allowed: tuple[AllowedKey, ...]) -> list[str]:
        """The same under `allow:`."""
        return ["allow:", *(" " * self.lists + line for line in self.entries(allowed))]

    def scan(self, allowed: tuple[AllowedKey, ...]) -> list[str]:
        """The same under `scan:`."""
        return ["scan:", *(" " * self.words + line for line in self.allow(allowed))]


@dataclass(frozen=True, slots=True)
class _Child:
    """An addition to a field's value, in either style."""

    lines: list[str]
    """As lines of its own."""
    flow: str
    """As it stands within brackets."""
    indent: int
    """Columns from the word to the lines."""


def insert_allowed(text: str, root: Node | None, allowed: tuple[AllowedKey, ...]) -> str:
    """`text`, whose nodes are `root`, with the entries at the end of `scan.allow`."""
    style = _style_of(root)
    flow = ", ".join(f"{{{', '.join(_fields(entry))}}}" for entry in allowed)
    entry = _Child(style.entries(allowed), flow, style.lists)
    allow = _Child(style.allow(allowed), f"allow: [{entry.flow}]", style.words)
    scan = _Child(style.scan(allowed), f"scan: {{{allow.flow}}}", 0)
    if not isinstance(root, Mapping):
        return _with_lines(text, len(text), scan.lines, 0)
    found_scan = _pair(root, "scan")
    if found_scan is None:
        return _into_node(text, root, scan)
    found_allow = _pair(found_scan[1], "allow")
    if found_allow is None:
        return _into_value(text, found_scan, allow, in_flow=root.flow)
    return _into_value(text, found_allow, entry, in_flow=isinstance(found_scan[1], Mapping) and found_scan[1].flow)


def _into_value(text: str, pair: tuple[Scalar, Node], child: _Child, *, in_flow: bool) -> str:
    """Return `text` with `child` in a field's value, which may be empty."""
    word, value = pair
    column = word.start.column - 1
    if is_blank(value):
        return _with_lines(text, _line_end(text, value.end), child.lines, column + child.indent, past=column)
    if _children(value) or in_flow or value.start.line != value.end.line:
        return _into_node(text, value, child)
    without = text[: value.start.index].rstrip(" ") + text[value.end.index :]
    return _with_lines(without, _line_end(without, word.end), child.lines, column + child.indent, past=column)


def _into_node(text: str, node: Node, child: _Child) -> str:
    """`text` with `child` at the end of `node`."""
    children = _children(node)
    if not isinstance(node, Scalar) and not node.flow:
        column = node.start.column - 1
        return _with_lines(text, _line_end(text, _end_of(node)), child.lines, column, past=column)
    index = _end_of(children[-1]).index if children else node.start.index + 1
    return f"{text[:index]}{', ' if children else ''}{child.flow}{text[index:]}"


def _with_lines(text: str, index: int, lines: list[str], column: int, past: int | None = None) -> str:
    """Return `text` with `lines` at `index`, below deeper comments."""
    newline = "\r\n" if "\r\n" in text else "\n"
    if past is not None:
        index = _past_comments(text, index, past)
    before = text[:index]
    separator = newline if before and not before.endswith("\n") else ""
    return f"{before}{separator}{''.join(' ' * column + line + newline for line in lines)}{text[index:]}"


def _past_comments(text: str, index: int, column: int) -> int:
    for line in text[index:].splitlines(keepends=True):
        bare = line.lstrip(" ")
        if not bare.startswith("#") or len(line) - len(bare) <= column:
            break
        index += len(line)
    return index


def _line_end(text: str, place: Place) -> int:
    """Return the start of the next line; block scalars end at one already."""
    if place.column == 1 and place.index:
        return place.index
    found = text.find("\n", place.index)
    return len(text) if found < 0 else found + 1


def _end_of(node: Node) -> Place:
    """Return the real end of `node`: without brackets, its last scalar's."""
    while not isinstance(node, Scalar) and not node.flow:
        node = _children(node)[-1]
    return node.end


def _pair(node: Node, word: str) -> tuple[Scalar, Node] | None:
    if not isinstance(node, Mapping):
        return None
    return next((pair for pair in node.pairs if pair[0].text == word), None)


def _children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Mapping):
        return tuple(value for _, value in node.pairs)
    return node.items if isinstance(node, Sequence) else ()


def _style_of(root: Node | None) -> Style:
    """Return the style of the first nested fields; two columns by default."""
    usual = Style()
    inside = [] if root is None else list(_nested(root))
    words = next((inner.start.column - outer.start.column for outer, inner in inside if _are_words(outer, inner)), None)
    lists = [(outer, inner) for outer, inner in inside if isinstance(inner, Sequence) and isinstance(outer, Mapping)]
    step = words or usual.words
    if not lists:
        return Style(words=step, lists=step)
    outer, first = lists[0]
    item = first.items[0].start
    dash = item.column - first.start.column if item.line == first.start.line else usual.dash
    return Style(words=step, lists=first.start.column - outer.start.column, dash=dash)


def _nested(node: Node) -> Iterator[tuple[Node, Node]]:
    """Yield pairs of nested collections without brackets."""
    for child in _children(node):
        if not isinstance(child, Scalar) and not child.flow:
            yield node, child
            yield from _nested(child)


def _are_words(outer: Node, inner: Node) -> bool:
    return isinstance(outer, Mapping) and isinstance(inner, Mapping)


def _fields(allowed: AllowedKey) -> list[str]:
    is_text = Scalar(allowed.fingerprint, _NOWHERE, _NOWHERE).kind == "string"
    escaped = allowed.reason.replace("\\", "\\\\").replace('"', '\\"')
    fields = [
        f"fingerprint: {allowed.fingerprint}" if is_text else f'fingerprint: "{allowed.fingerprint}"',
        f'reason: "{escaped}"',
    ]
    return fields if allowed.expires is None else [*fields, f"expires: {allowed.expires.isoformat()}"]
