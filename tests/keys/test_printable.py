"""Names from a repository, fit to print."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.keys.printable import printable
from support.repos import KEY


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain/päth.txt", "plain/päth.txt"),
        (b"latin\xe9", "latin\\xe9"),
        ("latin\udce9", "latin\\xe9"),
        ("a\nb\x1b[0m", "a\\nb\\x1b[0m"),
        (f"K='{KEY[:9]}'{KEY[9:]}", f"K='{KEY[:9]}'{KEY[9:12]}..."),
        (f'{KEY[:41]}"{KEY[41:]}', f'{KEY[:12]}...{KEY[38:41]}"{KEY[41:44]}...'),
        ("\u202eabc", "\\u202eabc"),
        (f"x/{KEY}.env", f"x/{KEY[:12]}...{KEY[-3:]}.env"),
        (KEY[:50], f"{KEY[:12]}...{KEY[47:50]}"),
        (KEY.replace("-", "%2D"), f"sk%2Dor%2Dv1%2D{KEY[9:12]}...{KEY[-3:]}"),
    ],
)
def test_what_is_shown(name: bytes | str, shown: str) -> None:
    assert printable(name) == shown


HYPHENS = [
    "%2D",
    "%252d",
    "\\-",
    "\\u002d",
    "\\\\u002D",
    "\\x2d",
    "\\u{2d}",
    "\\055",
    "&#45;",
    "&#045;",
    "&#x2D;",
    "&ndash;",
]
LOOK_ALIKES = ["\u2010", "\u2011", "\u2013", "\u2212", "\\u2011", "%E2%80%91"]


@pytest.mark.parametrize("hyphen", HYPHENS + LOOK_ALIKES)
def test_whatever_escape_of_a_prefix_a_scan_knows_is_masked(hyphen: str) -> None:
    assert KEY[15:] not in printable(f"a {KEY[:9].replace('-', hyphen)}{KEY[9:]}")


@pytest.mark.parametrize(
    "name", [KEY[::-1], KEY.encode().hex(), KEY.encode().hex(" "), "".join(f"%{byte:02x}" for byte in KEY.encode())]
)
def test_a_key_one_step_away_is_masked_too(name: str) -> None:
    shown = printable(f"a {name}.txt")
    assert len(shown) < 40


@given(st.binary(max_size=200))
def test_anything_becomes_printable_and_holds_no_key(noise: bytes) -> None:
    shown = printable(noise + KEY.encode() + noise)
    assert shown.isprintable()
    assert KEY not in shown
