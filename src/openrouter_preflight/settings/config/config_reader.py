"""From nodes to values, by the schema, collecting every problem.

What comes out is plain: dictionaries by word, tuples and typed values. `config_parser` makes a Config of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from openrouter_preflight.settings.config.config_schema import ConfigMapping, ListOf
from openrouter_preflight.settings.config.unknown_fields import describe_unknown
from openrouter_preflight.settings.config.yaml_nodes import Mapping, Scalar, Sequence
from openrouter_preflight.settings.redact import holds_key, is_private, shown
from openrouter_preflight.settings.values.value_type import BOOLEAN_ONLY, BadValueError, ValueType

if TYPE_CHECKING:
    from openrouter_preflight.settings.config.config_schema import Shape
    from openrouter_preflight.settings.config.yaml_nodes import Node, Place

HOLDS_KEY: Final = "a key must not stand in this file, nor in any file of a repository; revoke it if it is a real one"
_ENOUGH: Final = 100
"""Problems after which the rest of a file is not looked at: nobody reads on, and each costs time to word."""
_NOTHING: Final = object()
"""The value of a node that has a problem."""


class Reader:
    """Reads nodes; `problems` is what it met, in the order of the shape."""

    def __init__(self) -> None:
        self.problems: list[tuple[Place, str]] = []

    def read(self, shape: Shape, node: Node, word: str = "") -> Any:
        """Return the value of `node` without its problems; `word` names it."""
        if len(self.problems) >= _ENOUGH:
            return _NOTHING
        if isinstance(shape, ConfigMapping):
            return self._words(shape, node, word)
        if isinstance(shape, ListOf):
            return self._list(shape, node, word)
        return self._scalar(shape, node, word)

    def _problem(self, place: Place, message: str, word: str = "") -> object:
        self.problems.append((place, f"{word}: {message}" if word else message))
        return _NOTHING

    def _words(self, shape: ConfigMapping, node: Node, label: str) -> Any:
        if shape.may_be_blank and _is_null(node):
            return {}
        if not isinstance(node, Mapping):
            return self._problem(node.start, f"expected {shape.expected}, not {_said(node)}", label)
        by_name = {name: word for word in shape.words for name in (word.name, word.alias) if name}
        found: dict[str, Any] = {}
        for key, value in node.pairs:
            if len(self.problems) >= _ENOUGH:
                break
            word = by_name.get(key.text)
            if word is None:
                message = HOLDS_KEY if holds_key(key.text) else describe_unknown(key.text, shape)
                self._problem(key.start, message)
            elif word.key in found:
                self._problem(key.start, f"`{word.name}` and `{word.alias}` are the same word: keep one of them")
            else:
                found[word.key] = self.read(word.shape, value, key.text)
        return self._complete(shape, node, found)

    def _complete(self, shape: ConfigMapping, node: Mapping, found: dict[str, Any]) -> dict[str, Any]:
        """`found` with what follows from the words beside, without what had a problem."""
        for word in shape.words:
            if word.key in found:
                continue
            if word.required:
                self._problem(node.start, f"`{word.name}:` is missing; expected {word.shape.expected}")
            elif word.otherwise in found:
                found[word.key] = found[word.otherwise]
        return {key: value for key, value in found.items() if value is not _NOTHING}

    def _list(self, shape: ListOf, node: Node, word: str) -> Any:
        items = _items(shape, node)
        if not items and shape.not_empty and (_is_null(node) or items is not None):
            return self._problem(node.start, f"expected {shape.expected}, not nothing; {shape.not_empty}", word)
        if items is None:
            return self._problem(node.start, f"expected {shape.expected}, not {_said(node)}", word)
        values = [self.read(shape.item, item, word) for item in items]
        for name in shape.unique:
            self._refuse_repeated(name, values, items)
        return tuple(value for value in values if value is not _NOTHING)

    def _refuse_repeated(self, name: str, values: list[Any], items: tuple[Node, ...]) -> None:
        first: dict[object, int] = {}
        for value, item in zip(values, items, strict=True):
            if not isinstance(value, dict) or name not in value or not isinstance(item, Mapping):
                continue
            place = (item.get(name) or item).start
            if value[name] in first:
                self._problem(place, f"the same `{name}` stands on line {first[value[name]]} already")
            first.setdefault(value[name], place.line)

    def _scalar(self, shape: ValueType, node: Node, word: str) -> Any:
        if not isinstance(node, Scalar):
            return self._problem(node.start, f"expected {shape.expected}, not {_said(node)}", word)
        if holds_key(node.text):
            return self._problem(node.start, HOLDS_KEY, word)
        try:
            value = shape.parse(node.text)
        except BadValueError as refusal:
            return self._problem(node.start, str(refusal), word)
        if node.kind in shape.scalars:
            return value
        advice = f"write {value}".lower() if shape.scalars == BOOLEAN_ONLY else "put it in quotes"
        return self._problem(node.start, f"expected {shape.expected}, not {_said(node)}; {advice}", word)


def _items(shape: ListOf, node: Node) -> tuple[Node, ...] | None:
    if isinstance(node, Sequence):
        return node.items
    if shape.may_be_blank and _is_null(node):
        return ()
    return (node,) if shape.or_one and isinstance(node, Scalar) else None


def _is_null(node: Node) -> bool:
    """Return True where the field has no value, as when its lines were removed."""
    return isinstance(node, Scalar) and node.kind == "null"


def _said(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    if is_private(node.text):
        return shown(node.text)
    kind = {"number": "the number ", "boolean": "the truth value "}.get(node.kind, "")
    return f"{kind}{shown(node.text)}" + ("" if node.plain else " in quotes")
