"""YAML text as plain nodes with places, and what of YAML is not read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.settings.config.yaml_nodes import (
    Mapping,
    Scalar,
    Sequence,
    YamlError,
    is_blank,
    place_at,
    read_nodes,
)
from support.hanging import ends


def test_nodes_know_what_was_written_and_where() -> None:
    root = read_nodes("a: 5.10\nb:\n  - 'x'\n  - {c: 2026-12-01}\n")

    assert isinstance(root, Mapping)
    number, items = root.get("a"), root.get("b")
    assert isinstance(number, Scalar)
    assert (number.text, number.kind, number.start.line, number.start.column) == ("5.10", "number", 1, 4)
    assert isinstance(items, Sequence)
    assert [(item.start.line, item.start.column) for item in items.items] == [(3, 5), (4, 5)]
    assert (items.flow, items.items[1].start.index) == (False, 23)


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n", "%YAML 1.2\n---\n"])
def test_a_text_that_says_nothing_has_no_node(text: str) -> None:
    assert read_nodes(text) is None


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("5", "number"),
        ("-0.5e3", "number"),
        ("0x10", "number"),
        (".inf", "number"),
        ("true", "boolean"),
        ("FALSE", "boolean"),
        ("~", "null"),
        ("null", "null"),
        ("", "null"),
        ("yes", "string"),
        ("off", "string"),
        ("1_000", "string"),
        ("2026-12-01", "string"),
        ("12:30", "string"),
        ("'5'", "string"),
        ('"true"', "string"),
        ("|\n  5", "string"),
    ],
)
def test_kinds_are_those_that_editors_see(written: str, kind: str) -> None:
    root = read_nodes(f"a: {written}\n")

    assert isinstance(root, Mapping)
    value = root.get("a")
    assert isinstance(value, Scalar)
    assert value.kind == kind
    assert is_blank(value) == (written == "")


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("a: &x 1\n", 1, 4, "anchors (&) and aliases (*) are not read"),
        ("a: 1\nb: *x\n", 2, 4, "anchors (&) and aliases (*) are not read"),
        ("a: !!python/object:os.system x\n", 1, 4, "tags (!) are not read"),
        ("a: !x {b: c}\n", 1, 4, "tags (!) are not read"),
        ("a:\n  <<: {b: c}\n", 2, 3, "merge keys (<<) are not read"),
        ("a: 1\nb: 2\na: 3\n", 3, 1, "`a` stands twice; first on line 1"),
        ("? [a]\n: b\n", 1, 3, "expected a word before the `:`"),
        ("a: 1\n---\nb: 2\n", 2, 1, "a second document starts here"),
        ("a: " + "[" * 20, 1, 15, "nested deeper than 12 levels"),
        ("a:\n\tb: 1\n", 2, 1, "a tab cannot indent here: use spaces"),
        ("a: b: c\n", 1, 5, "a `:` too many, or a line with the wrong indentation"),
        ("a: 1\n  b: 2\n", 2, 4, "wrong indentation"),
        ("a: 1\nbcd\n", 3, 1, "a `:` is missing after the word"),
        ('a: "x\nb: 1\n', 3, 1, "something that was opened is not closed"),
        ("a: [1, 2\nb: 3\n", 2, 2, "are not closed"),
        ("a:\n - b\n  - c\n d: 1\n", 4, 2, "the indentation does not fit the lines above"),
        ("a: @x\n", 1, 4, "put the value in quotes"),
        ('a: "\\q"\n', 1, 6, "an escape that YAML does not know"),
        ("a: 1\nb: \x07\n", 2, 4, "a character that cannot stand in a text file"),
        ("%YAML 9.9\n---\na: 1", 1, 1, "this is not valid YAML"),
    ],
)
def test_what_is_not_read_is_named_with_its_place(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(YamlError, match=re.escape(message)) as error:
        read_nodes(text)

    assert (error.value.place.line, error.value.place.column) == (line, column)


SECRET = "sk-or-v1-" + "0a1b" * 16


@pytest.mark.parametrize(
    "broken",
    [
        'a: "{}\n',
        "a: *{}\n",
        "a: &{} x\n",
        "{}: 1\nb",
        "a: [{}\nb: 1",
        "a: @{}",
        "!{} a",
        "{0}: 1\n{0}: 2\n",
    ],
)
def test_no_message_quotes_a_key(broken: str) -> None:
    with pytest.raises(YamlError) as error:
        read_nodes(broken.format(SECRET))

    assert "0a1b0a1b" not in str(error.value)
    assert error.value.__cause__ is None


@given(st.text("ab:-[]{},'\"#&*!|>%@`?~ \n\t\\0", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_nodes(text)
        line = 1
    except YamlError as error:
        line = error.place.line

    assert 1 <= line <= text.count("\n") + 2


@pytest.mark.parametrize("bomb", ["[" * 200_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000, "a: " * 100_000])
def test_nesting_costs_nothing(bomb: str) -> None:
    with ends(), pytest.raises(YamlError):
        read_nodes(bomb)


def test_a_place_is_counted_from_one() -> None:
    assert (place_at("ab\ncd", 4).line, place_at("ab\ncd", 4).column) == (2, 2)
    assert (place_at("ab", 0).line, place_at("ab", 0).column) == (1, 1)
