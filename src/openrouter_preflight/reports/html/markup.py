"""Markup that escapes by construction.

No attribute takes a script or a style, and links lead only to the addresses that a caller names.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_OUR_ADDRESS: Final = re.compile(
    r"https://(?:openrouter\.ai|status\.openrouter\.ai)(?:/[A-Za-z0-9/-]*)?(?=[,.;:)]*(?:\s|$))"
)
_COMMAND: Final = re.compile(r"`([^`\n]+)`")
_VOID: Final = frozenset({"meta", "rect", "br", "path"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(tag: str, /, *children: str | Iterable[str], **attributes: object) -> Markup:
    """Return an element; attributes and plain children are escaped.

    An attribute of None is left out. `class_` stands for `class`, and `aria_label` for `aria-label`.
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if tag in _VOID and not children:
        return Markup(f"<{tag}{said}>" if tag in ("meta", "br") else f"<{tag}{said}/>")
    return Markup(f"<{tag}{said}>{join(children)}</{tag}>")


def join(parts: Iterable[str | Iterable[str]]) -> Markup:
    """All parts in a row, escaped where they are not Markup."""
    said: list[str] = []
    for part in parts:
        if isinstance(part, Markup):
            said.append(part)
        elif isinstance(part, str):
            said.append(escape(part))
        else:
            said.append(join(part))
    return Markup("".join(said))


def prose(text: str) -> Markup:
    """Return a sentence with code, links to OpenRouter and line breaks."""
    lines = [_line(line) for line in text.split("\n")]
    return Markup(element("br").join(lines))


def link(text: str | Markup, address: str | None) -> Markup:
    """Return a link to an address of safe parts; plain text without one."""
    if address is None:
        return join([text])
    return element("a", text, href=address, rel="noreferrer noopener")


def _line(text: str) -> Markup:
    parts: list[str] = []
    end = 0
    for found in _COMMAND.finditer(text):
        parts += [_with_links(text[end : found.start()]), element("code", found[1])]
        end = found.end()
    return join([*parts, _with_links(text[end:])])


def _with_links(text: str) -> Markup:
    parts: list[str] = []
    end = 0
    for found in _OUR_ADDRESS.finditer(text):
        parts += [text[end : found.start()], link(found[0], found[0])]
        end = found.end()
    return join([*parts, text[end:]])
