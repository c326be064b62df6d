"""Plain words as Markdown that shows them and nothing else.

GitHub, GitLab, Bitbucket and Azure render it alike. Words of others that are names stand in code spans.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from openrouter_preflight.ci.commands import defuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NOTHING: Final = "<!-- -->"
"""A comment renders as nothing and keeps `@name`, `#1` and addresses from becoming links."""
_SPECIAL: Final = str.maketrans(
    {character: f"\\{character}" for character in "\\`*_{}[]~$!"}
    | {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "@": f"@{_NOTHING}", "#": f"#{_NOTHING}"}
)
_ADDRESS: Final = re.compile(r"//|www\.", re.IGNORECASE)
_OUR_ADDRESS: Final = re.compile(
    r"https://(?:openrouter\.ai|status\.openrouter\.ai)(?:/[a-z0-9/-]*)?(?=[,.;)]*(?:\s|$))"
)
_COMMAND: Final = re.compile(r"`([^`\n]+)`")
_LIST_ITEM: Final = re.compile(r"^(\d*)([-+=.)])")
_IN_CODE: Final = str.maketrans({"`": "\\x60", "|": "\\x7c"})


def plain(text: str) -> str:
    """A sentence. Only OpenRouter's own addresses stay links; a line break stays one."""
    said, end = [], 0
    for found in _OUR_ADDRESS.finditer(text):
        said += [_inert(text[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*said, _inert(text[end:])]).replace("\n", "<br>")


def prose(text: str) -> str:
    """A sentence in which commands in back quotes are code."""
    said, end = [], 0
    for found in _COMMAND.finditer(text):
        said += [plain(text[end : found.start()]), code(found[1]) or plain(found[0])]
        end = found.end()
    return "".join([*said, plain(text[end:])])


def sentence(text: str) -> str:
    """Return a sentence that starts a line and is never a list or heading."""
    said = plain(text.lstrip())
    said = _LIST_ITEM.sub(r"\1\\\2", said, count=1)
    return said[:1].upper() + said[1:]


def code(text: str) -> str:
    """A name, in a code span; empty for an empty one."""
    return f"`{defuse(text).translate(_IN_CODE)}`" if text.strip() else ""


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _inert(text: str) -> str:
    escaped = text.translate(_SPECIAL).replace("::", f":{_NOTHING}:")  # at the start of a log's line, a command
    return _ADDRESS.sub(lambda found: f"{found[0][0]}{_NOTHING}{found[0][1:]}", escaped)
