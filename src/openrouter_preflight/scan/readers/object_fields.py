"""Fields of git objects that people write: contents, messages, names."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class FieldKind:
    """Names of the parts of an object."""

    CONTENT = "content"
    HEADER = "header"
    """Author, committer or tagger, signature: what comes before a message."""
    MESSAGE = "message"
    NAME = "name"
    """A file's name, as a tree or the index holds it."""


class Field:
    """One field, examined by itself, with the lines and columns people see."""

    __slots__ = ("data", "kind")

    def __init__(self, kind: str, data: bytes) -> None:
        """Take one of FieldKind and the bytes."""
        self.kind = kind
        self.data = data


def object_fields(kind: str, data: bytes) -> Iterator[Field]:
    """The parts of the tree, commit or tag whose raw content is `data`."""
    if kind == "tree":
        for name in entry_names(data):
            yield Field(FieldKind.NAME, name)
    else:
        header, _, message = data.partition(b"\n\n")
        yield Field(FieldKind.HEADER, header)
        yield Field(FieldKind.MESSAGE, message)


def entry_names(tree: bytes) -> Iterator[bytes]:
    """The names in a tree, each once, whichever hash the repository uses.

    An entry is `mode SP name NUL oid`. The length of oids is that at which the whole tree parses.
    """
    for oid_length in (20, 32):
        names = _parse(tree, oid_length)
        if names is not None:
            yield from names
            return
    yield from filter(None, tree.split(b"\0"))  # made by hand; no name holds a zero byte


_LONGEST_MODE = 64
"""Bytes. Git writes six at most, and reads any number of zeros before them."""


def _parse(tree: bytes, oid_length: int) -> list[bytes] | None:
    names, position = [], 0
    while position < len(tree):
        space = tree.find(b" ", position, position + _LONGEST_MODE)
        nul = tree.find(b"\0", space + 1)
        if space < 0 or nul < 0 or not tree[position:space].isdigit():
            return None
        names.append(tree[space + 1 : nul])
        position = nul + 1 + oid_length
    return names if position == len(tree) else None
