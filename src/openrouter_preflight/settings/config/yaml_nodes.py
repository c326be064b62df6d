"""From YAML text to plain nodes with positions. Only it imports yaml.

Only what a config file needs is read: mappings with plain words, lists and scalars. Anchors, aliases, tags, merge keys,
deep nesting and repeated words are refused, so that a file says what it seems to say and stays as small as it looks. A
scalar keeps the text that was written, so that `5.10`, `010` or a date mean what the person saw. Nothing that a message
says quotes the file: yaml's own messages do, and the quoted line could hold a key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from openrouter_preflight.settings.redact import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST: Final = 12
_NULL: Final = re.compile(r"~|null|Null|NULL|")
_BOOLEAN: Final = re.compile(r"true|True|TRUE|false|False|FALSE")
_NUMBER: Final = re.compile(
    r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)

_IN_OTHER_WORDS: Final = (
    (r"'\\t'|tab character", "a tab cannot indent here: use spaces"),
    ("mapping values are not allowed", "a `:` too many, or a line with the wrong indentation"),
    ("could not find expected ':'", "a `:` is missing after the word"),
    ("end of stream", "something that was opened is not closed: a quote, a bracket or a brace"),
    ("block end|'-' indicator", "the indentation does not fit the lines above"),
    ("cannot start any token", "a value cannot start with this character: put the value in quotes"),
    ("escape", "an escape that YAML does not know: use single quotes, or double the backslash"),
    (r"',' or|expected '[,\]}]'", "a list in brackets, or words in braces, are not closed"),
)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in the text."""

    line: int
    """From 1."""
    column: int
    """In characters, from 1."""
    index: int = 0
    """In characters from the start of the text, from 0, where that is known."""


class YamlError(Exception):
    """The text cannot be read as a config file."""

    def __init__(self, place: Place, message: str) -> None:
        """Say where, and what is wrong there without quoting it."""
        super().__init__(message)
        self.place = place


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as it was written, without its quotes."""

    text: str
    start: Place
    end: Place
    plain: bool = True
    """True without quotes, so that it may be a number or a truth value."""

    @property
    def kind(self) -> str:
        """`null`, `boolean`, `number` or `string`, as YAML 1.2 sees it."""
        if not self.plain:
            return "string"
        for kind, rule in (("null", _NULL), ("boolean", _BOOLEAN), ("number", _NUMBER)):
            if rule.fullmatch(self.text):
                return kind
        return "string"


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    start: Place
    end: Place
    """After the closing bracket; of a list without brackets, somewhere below it."""
    flow: bool
    """True for a collection in brackets or braces."""
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """Words with their values, in order; no word twice."""

    start: Place
    end: Place
    """After the closing brace; of a mapping without braces, somewhere below it."""
    flow: bool
    """True for a collection in brackets or braces."""
    pairs: tuple[tuple[Scalar, Node], ...]

    def get(self, word: str) -> Node | None:
        """The value of `word`, or None."""
        return next((value for key, value in self.pairs if key.text == word), None)


Node = Scalar | Sequence | Mapping


def is_blank(node: Node) -> bool:
    """Return True where there is no value at all."""
    return isinstance(node, Scalar) and node.plain and node.text == ""


def read_nodes(text: str) -> Node | None:
    """The document's only node; None for a text that says nothing. Raises YamlError."""
    import yaml

    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            builder.take(event)
    except yaml.reader.ReaderError as error:
        raise YamlError(place_at(text, error.position), "a character that cannot stand in a text file") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = _place(mark) if mark else Place(1, 1, 0)
        raise YamlError(place, _in_our_words(f"{error.problem} {error.context}")) from None
    return builder.root


def place_at(text: str, index: int) -> Place:
    """The place of the character at `index`."""
    before = text[:index]
    return Place(before.count("\n") + 1, index - before.rfind("\n"), index)


@dataclass(slots=True)
class _Open:
    """A collection whose end was not yet met."""

    start: Place
    flow: bool
    is_mapping: bool
    nodes: list[Node] = field(default_factory=list)

    def close(self, end: Place) -> Node:
        if self.is_mapping:
            return Mapping(self.start, end, self.flow, tuple(_pairs(self.nodes)))
        return Sequence(self.start, end, self.flow, tuple(self.nodes))


class _Builder:
    """Builder of nodes from events, without recursion: nesting is unbounded."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[_Open] = []

    def take(self, event: Any) -> None:
        """Take the next event. Raises YamlError for what a config file may not hold."""
        import yaml

        place = _place(event.start_mark)
        if isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise YamlError(place, "a second document starts here: keep one")
        if isinstance(event, yaml.NodeEvent):
            _refuse_tricks(event, place)
        if isinstance(event, yaml.CollectionStartEvent):
            if len(self._open) >= _DEEPEST:
                raise YamlError(place, f"nested deeper than {_DEEPEST} levels")
            flow = bool(event.flow_style)
            self._open.append(_Open(place, flow, is_mapping=isinstance(event, yaml.MappingStartEvent)))
        elif isinstance(event, yaml.CollectionEndEvent):
            self._add(self._open.pop().close(_place(event.end_mark)))
        elif isinstance(event, yaml.ScalarEvent):
            self._add(Scalar(event.value, place, _place(event.end_mark), plain=event.style is None))

    def _add(self, node: Node) -> None:
        if self._open:
            self._open[-1].nodes.append(node)
        elif not is_blank(node):
            self.root = node


def _refuse_tricks(event: Any, place: Place) -> None:
    import yaml

    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise YamlError(place, "anchors (&) and aliases (*) are not read: write the value out, or put it in quotes")
    if event.tag is not None:
        raise YamlError(place, "tags (!) are not read: write the value without one, or put it in quotes")


def _pairs(nodes: list[Node]) -> Iterator[tuple[Scalar, Node]]:
    """Yield fields and values. Raises YamlError for a bad or repeated field."""
    seen: dict[str, Place] = {}
    for word, value in zip(nodes[::2], nodes[1::2], strict=True):
        if not isinstance(word, Scalar):
            raise YamlError(word.start, "expected a word before the `:`, not a list or a mapping")
        if word.text == "<<":
            raise YamlError(word.start, "merge keys (<<) are not read: write the words out")
        if word.text in seen:
            raise YamlError(word.start, f"{shown(word.text)} stands twice; first on line {seen[word.text].line}")
        seen[word.text] = word.start
        yield word, value


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1, mark.index)


def _in_our_words(problem: str) -> str:
    for pattern, words in _IN_OTHER_WORDS:
        if re.search(pattern, problem):
            return words
    return "this is not valid YAML"
