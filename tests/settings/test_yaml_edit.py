"""Adding an allowed key leaves everything else of the file as it was."""

from __future__ import annotations

from datetime import date
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.errors import UsageError
from openrouter_preflight.settings.config.config_parser import parse_config
from openrouter_preflight.settings.config.yaml_edit import add_allowed
from openrouter_preflight.settings.model import AllowedKey

OLD = "0a1b" * 16
NEW = "c2d3" * 16
FLOW = r'{fingerprint: NEW, reason: "a \"test\" key", expires: 2027-01-31}'
ENTRY = AllowedKey(fingerprint=NEW, reason='a "test" key', expires=date(2027, 1, 31))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "",
            """\
            scan:
              allow:
                - fingerprint: NEW
                  reason: "a \\"test\\" key"
                  expires: 2027-01-31
            """,
            id="an empty file",
        ),
        pytest.param(
            """\
            # why this file is here
            gates:
                min-balance: 5  # USD

            # the end
            """,
            """\
            # why this file is here
            gates:
                min-balance: 5  # USD
            scan:
                allow:
                    - fingerprint: NEW
                      reason: "a \\"test\\" key"
                      expires: 2027-01-31

            # the end
            """,
            id="no scan yet, four columns",
        ),
        pytest.param(
            """\
            scan:
              exclude:
              - docs/**  # examples
            gates: {}
            """,
            """\
            scan:
              exclude:
              - docs/**  # examples
              allow:
              - fingerprint: NEW
                reason: "a \\"test\\" key"
                expires: 2027-01-31
            gates: {}
            """,
            id="no allow yet, lists not indented",
        ),
        pytest.param(
            """\
            scan:
              allow: []  # none
              exclude: a
            """,
            """\
            scan:
              allow:  # none
                - fingerprint: NEW
                  reason: "a \\"test\\" key"
                  expires: 2027-01-31
              exclude: a
            """,
            id="an empty list",
        ),
        pytest.param(
            """\
            scan:
              allow:
                # nothing yet
            """,
            """\
            scan:
              allow:
                # nothing yet
                - fingerprint: NEW
                  reason: "a \\"test\\" key"
                  expires: 2027-01-31
            """,
            id="a blank list with a comment",
        ),
        pytest.param(
            """\
            scan:
              allow:
                -   fingerprint: OLD
                    reason: >
                      folded
                      text

                    # still about OLD
              # about exclude
              exclude: a
            """,
            """\
            scan:
              allow:
                -   fingerprint: OLD
                    reason: >
                      folded
                      text

                    # still about OLD
                -   fingerprint: NEW
                    reason: "a \\"test\\" key"
                    expires: 2027-01-31
              # about exclude
              exclude: a
            """,
            id="after the last entry and its comments, with its dash",
        ),
        pytest.param(
            """\
            scan: {allow: [{fingerprint: OLD, reason: x},], exclude: [a]}  # all in one
            """,
            """\
            scan: {allow: [{fingerprint: OLD, reason: x}, FLOW,], exclude: [a]}  # all in one
            """,
            id="in brackets",
        ),
        pytest.param("{}\n", "{scan: {allow: [FLOW]}}\n", id="braces"),
    ],
)
def test_the_entry_takes_on_the_files_style(before: str, after: str) -> None:
    before, after = (
        dedent(text).replace("FLOW", FLOW).replace("OLD", OLD).replace("NEW", NEW) for text in (before, after)
    )

    assert add_allowed(before, (ENTRY,)) == after


def test_windows_newlines_and_a_byte_order_mark_stay() -> None:
    edited = add_allowed("\ufeffscan:\r\n  exclude: a\r\n", (ENTRY,))

    assert edited.startswith("\ufeffscan:\r\n  exclude: a\r\n  allow:\r\n")
    assert edited.count("\n") == edited.count("\r\n") == 6


def test_a_last_line_without_a_newline_gets_one() -> None:
    assert add_allowed("gates: {}", (ENTRY,)).startswith("gates: {}\nscan:\n")


def test_an_entry_that_is_there_already_changes_nothing() -> None:
    once = add_allowed("", (ENTRY,))

    assert add_allowed(once, (ENTRY,)) == once


def test_a_fingerprint_that_is_allowed_otherwise_is_left_to_the_person() -> None:
    with pytest.raises(UsageError, match='allows this key already until 2027-01-31: "a "test" key"'):
        add_allowed(add_allowed("", (ENTRY,)), (AllowedKey(fingerprint=NEW, reason="another"),))


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (AllowedKey(fingerprint="abc", reason="x"), "64 lower-case hex digits"),
        (AllowedKey(fingerprint=NEW, reason=" "), "not blank"),
        (AllowedKey(fingerprint=NEW, reason="sk-or-v1-" + OLD), "not a key"),
    ],
)
def test_an_entry_that_the_file_could_not_hold_is_refused(entry: AllowedKey, message: str) -> None:
    with pytest.raises(UsageError, match=message) as error:
        add_allowed("", (entry,))

    assert OLD not in str(error.value)


@pytest.mark.parametrize("text", ["scan: {allow: }\n", "scan: {allow}\n"])
def test_what_cannot_be_edited_safely_is_shown_to_add_by_hand(text: str) -> None:
    with pytest.raises(UsageError, match="cannot be edited safely") as error:
        add_allowed(text, (ENTRY,))

    assert f"- fingerprint: {NEW}" in error.value.hint


def test_a_file_with_an_error_is_not_edited() -> None:
    with pytest.raises(UsageError, match=r"\.openrouter-preflight\.yml:1:1: unknown word"):
        add_allowed("colour: red\n", (ENTRY,))


REASONS = st.sampled_from(["plain", "'quoted'", f"|\n{' ' * 20}block"])
COMMENTS = st.sampled_from(["", "  # why", "  # scan: allow: []"])
BLANKS = st.sampled_from(["", "\n", "# a comment\n", "\n# two\n\n"])


@st.composite
def files(draw: st.DrawFn) -> str:
    """Config files in many styles, all valid."""
    words, lists, dash = draw(st.integers(1, 5)), draw(st.integers(0, 4)), draw(st.integers(2, 4))
    entries = [
        "".join(
            [
                f"{' ' * (words + lists)}{'-':<{dash}}fingerprint: {number:x}{OLD[1:]}{draw(COMMENTS)}\n",
                f"{' ' * (words + lists + dash)}reason: {draw(REASONS)}\n",
                draw(st.sampled_from(["", f"{' ' * (words + lists + dash)}expires: 2027-01-01{draw(COMMENTS)}\n"])),
            ]
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    allow = (
        f"{' ' * words}allow:{draw(COMMENTS)}\n{draw(BLANKS).join(entries)}"
        if entries
        else draw(st.sampled_from(["", f"{' ' * words}allow:\n", f"{' ' * words}allow: []{draw(COMMENTS)}\n"]))
    )
    exclude = f"{' ' * words}exclude: [a, b]{draw(COMMENTS)}\n"
    inside = draw(st.permutations([allow, draw(BLANKS), exclude]))
    scan = draw(st.sampled_from(["", f"scan:{draw(COMMENTS)}\n{''.join(inside)}"]))
    gates = f"gates:{draw(COMMENTS)}\n{' ' * words}min-balance: 5\n"
    text = "".join(draw(st.permutations([gates, draw(BLANKS), scan])))
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@given(text=files(), reason=st.text(min_size=1, max_size=30).filter(lambda text: text.split() and text.isprintable()))
def test_everything_else_is_byte_identical(text: str, reason: str) -> None:
    entry = AllowedKey(fingerprint=NEW, reason=reason)
    before = parse_config(text.encode(), "c.yml")

    edited = add_allowed(text, (entry,))

    after = parse_config(edited.encode(), "c.yml")
    assert after.scan.allow[:-1] == before.scan.allow
    assert after.scan.allow[-1].reason == " ".join(reason.split())
    assert is_text_with_one_insertion(text.replace(" []", ""), edited.replace(" []", ""))


def is_text_with_one_insertion(before: str, after: str) -> bool:
    """Whether `after` is `before` with text added in one place."""
    start = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), len(before))
    return any(
        after.endswith(before[cut:]) and before[:cut] == after[:cut] for cut in range(start, max(-1, start - 200), -1)
    )
