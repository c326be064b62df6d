"""Comments of many languages, blanked out in place. Pure.

What is commented out is not in use. Lines and columns stay as they are. A language that is not known loses only the
lines that begin like a comment.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final

_STRINGS: Final = r"""(?<!\w)"(?:\\.|[^"\\\n])*"|(?<!\w)'(?:\\.|[^'\\\n])*'"""
_HASH: Final = re.compile(rf"{_STRINGS}|(?:^|(?<=\s))(?P<comment>\#[^\n]*)", re.MULTILINE)
_SLASHES: Final = re.compile(rf"{_STRINGS}|`(?:\\.|[^`\\])*`|(?P<comment>/\*.*?(?:\*/|\Z)|(?<!:)//[^\n]*)", re.DOTALL)
_DASHES: Final = re.compile(rf"{_STRINGS}|(?P<comment>--[^\n]*)")
_SEMICOLON: Final = re.compile(r"^[^\S\n]*(?P<comment>[;#][^\n]*)", re.MULTILINE)
_MARKUP: Final = re.compile(r"(?P<comment><!--.*?(?:-->|\Z))", re.DOTALL)
_LINE_START: Final = re.compile(r"^[^\S\n]*(?P<comment>(?:#|//)[^\n]*)", re.MULTILINE)
_FENCED: Final = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)

_HASH_ENDINGS: Final = """
py pyi yaml yml toml sh bash zsh fish env rb tf hcl conf properties mk r jl pl nix
"""
_SLASHES_ENDINGS: Final = """
js mjs cjs jsx ts mts cts tsx json jsonc json5 go java kt kts rs c h cc cpp cs swift php scala dart groovy
"""
_DASHES_ENDINGS: Final = """
sql lua hs
"""
_SEMICOLON_ENDINGS: Final = """
ini cfg
"""
_MARKUP_ENDINGS: Final = """
html htm xml vue svelte
"""
_BY_ENDING: Final = {
    **dict.fromkeys(_HASH_ENDINGS.split(), _HASH),
    **dict.fromkeys(_SLASHES_ENDINGS.split(), _SLASHES),
    **dict.fromkeys(_DASHES_ENDINGS.split(), _DASHES),
    **dict.fromkeys(_SEMICOLON_ENDINGS.split(), _SEMICOLON),
    **dict.fromkeys(_MARKUP_ENDINGS.split(), _MARKUP),
}
_BY_NAME: Final = {"dockerfile": _HASH, "makefile": _HASH, "justfile": _HASH, "caddyfile": _HASH}
_MARKDOWN: Final = frozenset({"md", "markdown", "mdx"})


def without_comments(text: str, name: str) -> str:
    """Return the text of the file `name` with its comments blanked out."""
    base = PurePath(name).name.lower()
    ending = "env" if base.startswith(".env") else base.rpartition(".")[2]
    if ending in _MARKDOWN:
        bare = _blank(_MARKUP, text)
        return _FENCED.sub(lambda fenced: _blank(_LINE_START, fenced[0]), bare)
    return _blank(_BY_ENDING.get(ending) or _BY_NAME.get(base.partition(".")[0]) or _LINE_START, text)


def _blank(pattern: re.Pattern[str], text: str) -> str:
    def blanked(found: re.Match[str]) -> str:
        if found["comment"] is None:
            return found[0]
        return found[0][: found.start("comment") - found.start()] + re.sub(r"[^\n]", " ", found["comment"])

    return pattern.sub(blanked, text)
