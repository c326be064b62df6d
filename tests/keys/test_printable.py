"""Names from a repository, fit to print."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.detect.prefilter import ESCAPED_PREFIXES
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


@pytest.mark.parametrize("prefix", ESCAPED_PREFIXES, ids=repr)
def test_whatever_escape_of_a_prefix_a_scan_knows_is_masked(prefix: bytes) -> None:
    assert KEY[15:] not in printable(b"a " + prefix + KEY[9:].encode())


@given(st.binary(max_size=200))
def test_anything_becomes_printable_and_holds_no_key(noise: bytes) -> None:
    shown = printable(noise + KEY.encode() + noise)
    assert shown.isprintable()
    assert KEY not in shown
