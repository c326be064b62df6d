"""Which comment allows a key, and which words do not."""

from __future__ import annotations

import pytest

from openrouter_preflight.leaks.detection.detector import examine
from planted import KEY, PREFIX

ALLOW = "openrouter-preflight: allow"

ALLOWED = {
    "hash": f"key = '{KEY}'  # {ALLOW}",
    "hash with a reason": f"key = '{KEY}'  # {ALLOW} (revoked in May)",
    "hash after other words": f"key = '{KEY}'  # noqa: S105, {ALLOW}",
    "slashes": f'const key = "{KEY}"; // {ALLOW}',
    "block": f"/* {ALLOW} */ key = '{KEY}'",
    "SQL": f"select '{KEY}' -- {ALLOW}",
    "semicolon": f"key={KEY} ; {ALLOW}",
    "HTML": f"<p>{KEY}</p> <!-- {ALLOW} -->",
    "TeX": f"\\key{{{KEY}}} % {ALLOW}",
    "HTML right behind": f"<p>{KEY}</p><!-- {ALLOW} -->",
    "JSX": f"{{/* {ALLOW} */}} {KEY}",
    "ML": f"(* {ALLOW} *) {KEY}",
    "Haskell": f"{{- {ALLOW} -}} key = {KEY}",
    "PowerShell": f"$key = {KEY} <# {ALLOW} #>",
    "template": f"{KEY}{{# {ALLOW} #}}",
    "ERB": f"{KEY} <%# {ALLOW} %>",
    "Handlebars": f"{KEY} {{{{!-- {ALLOW} --}}}}",
    "Basic": f"key = {KEY} ' {ALLOW}",
    "Vim": f"let key = '{KEY}' \" {ALLOW}",
    "Fortran": f"key = '{KEY}' ! {ALLOW}",
    "m4": f"key={KEY} dnl {ALLOW}",
    "reStructuredText": f".. {ALLOW} {KEY}",
    "middle of a file": f"a\nkey = '{KEY}'  # {ALLOW}\nb\n",
    "on the second line of a split key": f"('{PREFIX}'\n '{KEY[9:]}')  # {ALLOW}",
}

NOT_ALLOWED = {
    "line above": f"# {ALLOW}\nkey = '{KEY}'",
    "line below": f"key = '{KEY}'\n# {ALLOW}",
    "no comment": f"{ALLOW} {KEY}",
    "words of a string": f"note = 'see openrouter-preflight: allow' {KEY}",
    "other word": f"key = '{KEY}'  # openrouter-preflight: allowed-elsewhere",
    "hyphen": f"key = '{KEY}'  # openrouter-preflight: allow-not",
    "other tool": f"key = '{KEY}'  # preflight: allow",
    "address": f"key = '{KEY}' at https://{ALLOW}",
}


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED)
@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_a_comment_on_the_line_allows(text: str, charset: str) -> None:
    (sighting,) = examine(text.encode(charset)).sightings
    assert sighting.inline_allow


@pytest.mark.parametrize("text", NOT_ALLOWED.values(), ids=NOT_ALLOWED)
def test_anything_else_does_not(text: str) -> None:
    (sighting,) = examine(text.encode()).sightings
    assert not sighting.inline_allow
