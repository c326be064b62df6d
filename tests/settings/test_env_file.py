"""The .env reader reads what python-dotenv reads: a table of files as people write them, and made-up ones."""

from __future__ import annotations

import io

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.settings.env_file import parse_env_file

_FILES = (
    "",
    "\n\n",
    "OPENROUTER_API_KEY=abc",
    "OPENROUTER_API_KEY=abc\n",
    "export OPENROUTER_API_KEY=abc\n",
    "export  A='b'\nexport\tC=d\n",
    "A = b\nC =  d \n",
    "A='b c' # note\nB=\"c # no note\" # note\n",
    "A=b # note\nB=b#no note\nC= # note\nD=#no note\nE=\n",
    'A="two\nlines"\nB=1\n',
    "A='two\nlines'\nB=1\n",
    "A=\"\\n\\t\\\\\\\"\\q\"\nB='\\n\\'\\\\'\n",
    "A\nB=1\nexport C\n",
    "'A B'=1\n",
    "# comment\n  # another\nA=1\n#B=2\n",
    "A=1\nA=2\nB=${A}\n",
    "A=${B}\nB=1\nC=${B:-x}\nD=${NONE:-x y}\nE=${NONE}\nF=$B\nG='${B}'\n",
    "A=${OUTSIDE}\nOUTSIDE=inner\nB=${OUTSIDE}\n",
    "A\nB=${A:-x}\n",
    "=1\nB=2\n",
    "A=1\r\nB=2\r\n",
    "A=1\rB=2\r",
    "\ufeffA=1\n",
    'A="unclosed\nB=2\n',
    "A='unclosed\nB=2\n",
    'A="b"c\nB=2\n',
    "A: 1\nB=2\n",
    "A==b=\n",
    "A=b\u00a0# note\n",
    "A=b   \n\n\n  B = c",
    "export A\nexport =1\n",
    "export\nA=1\n",
    "export=1\n",
    "A='it''s'\nB=1\n",
    "A=\x0b#x\nB=1",
    "A B=1\nC=2\n",
    "A#=1\nB=2\n",
    "'=1\nB=2\n",
    'OPENROUTER_API_KEY="sk-or-v1-x"\nOPENROUTER_BASE_URL=https://openrouter.ai/api/v1\n',
)


def _both(text: str) -> tuple[dict[str, str], dict[str, str]]:
    ours = parse_env_file(text.removeprefix("\ufeff"), {"OUTSIDE": "outer"}).values
    # Through the same newline translation as its own `open`.
    theirs = dotenv_values(stream=io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")))
    return dict(ours), {name: value for name, value in theirs.items() if value is not None}


@pytest.mark.parametrize("text", _FILES)
def test_a_file_reads_as_python_dotenv_reads_it(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTSIDE", "outer")
    ours, theirs = _both(text)
    assert ours == theirs


_PIECES = st.sampled_from(
    [
        "A",
        "B",
        "C",
        "=",
        " ",
        "\n",
        "'",
        '"',
        "#",
        "\\",
        "n",
        "${A}",
        "${B:-d}",
        "$",
        "export ",
        "x",
        "\t",
        "{",
        "}",
        ":",
    ]
)


@given(st.lists(_PIECES, max_size=30).map("".join))
def test_any_text_reads_as_python_dotenv_reads_it(text: str) -> None:
    ours, theirs = _both(text)
    assert ours == theirs


def test_a_line_that_cannot_be_read_is_numbered() -> None:
    assert parse_env_file('A=1\n\n=2\nB="x"y\nC=3\n', {}).unreadable == (3, 4)


def test_the_repr_holds_no_value() -> None:
    assert "hidden" not in repr(parse_env_file("A=hidden", {}))
