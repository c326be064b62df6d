"""The JSON Schema says what the reader says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types, and one use needs no stubs

from openrouter_preflight.errors import UsageError
from openrouter_preflight.settings.config.config_parser import parse_config
from openrouter_preflight.settings.config.editor_schema import config_schema

SCHEMA = config_schema()
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
PRINT = "0a1b" * 16


def reader_accepts(document: object) -> bool:
    """JSON is YAML, so that one document can be shown to both."""
    try:
        parse_config(json.dumps(document, ensure_ascii=False).encode(), "c.yml")
    except UsageError:
        return False
    return True


def test_it_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


GATES: dict[str, list[tuple[object, bool]]] = {
    "min-balance": [(5, True), (0.5, True), ("5", True), ("$5", False), (-1, False), (None, False), (True, False)],
    "min-runway": [
        ("7d", True),
        ("1d12h", True),
        (7, False),
        ("0d", False),
        ("7 d", False),
        ("12h1d", False),
        ("", False),
    ],
    "expires-within": [("1w", True), (["1w"], False)],
    "max-key-age": [("90d", True), ({}, False)],
    "require-limit": [(True, True), (False, True), ("true", False), (1, False), (None, False)],
    "require-model": [
        ("a/b", True),
        (["a/b", "c/d:free"], True),
        ([], True),
        ("a", False),
        ([1], False),
        (None, False),
    ],
    "require-models": [(["a/b"], True)],
    "on-missing": [("skip", True), ("warn", False), (False, False)],
    "on-unreachable": [("warn", True), ("skip", False)],
    "on-unknown-balance": [("ignore", True), ("off", False)],
}


@pytest.mark.parametrize(
    ("word", "value", "accepted"),
    [(word, value, accepted) for word, cases in GATES.items() for value, accepted in cases],
)
def test_schema_and_reader_agree_on_gates(word: str, value: object, accepted: bool) -> None:
    for document in ({"gates": {word: value}}, {"keys": [{"env": "A", word: value}]}):
        assert VALIDATOR.is_valid(document) is accepted
        assert reader_accepts(document) is accepted


@pytest.mark.parametrize(
    ("document", "accepted"),
    [
        ({}, True),
        ([], False),
        ({"gates": None, "scan": None}, True),
        ({"keys": None}, False),
        ({"keys": []}, False),
        ({"keys": [{"env": "A"}, {"env": "B", "name": "b"}]}, True),
        ({"keys": [{"name": "A"}]}, False),
        ({"keys": [{"env": "1A"}]}, False),
        ({"keys": [{"env": "a1" * 20}]}, False),
        ({"keys": [{"env": "A", "name": 5}]}, False),
        ({"keys": [{"env": "A", "name": " b"}]}, False),
        ({"keys": [{"env": "A", "base-url": "https://a.example"}]}, False),
        ({"keys": {"env": "A"}}, False),
        ({"keys": ["A"]}, False),
        ({"keys": [None]}, False),
        ({"gates": {"min_balance": 5}}, False),
        ({"gates": {"require-model": "a/b", "require-models": ["a/b"]}}, False),
        ({"min-balance": 5}, False),
        ({"scan": {"exclude": None, "allow": None}}, True),
        ({"scan": {"exclude": "a/**", "allow": []}}, True),
        ({"scan": {"exclude": ["a/**", "b"]}}, True),
        ({"scan": {"exclude": ["/a"]}}, False),
        ({"scan": {"exclude": ["a/../b"]}}, False),
        ({"scan": {"exclude": [None]}}, False),
        ({"scan": {"allow": [{"fingerprint": PRINT, "reason": "x"}]}}, True),
        ({"scan": {"allow": [{"fingerprint": PRINT, "reason": "x", "expires": "2027-01-31"}]}}, True),
        ({"scan": {"allow": [{"fingerprint": PRINT, "reason": "x", "expires": "2027-02-31"}]}}, False),
        ({"scan": {"allow": [{"fingerprint": PRINT, "reason": "x", "expires": "20270131"}]}}, False),
        ({"scan": {"allow": [{"fingerprint": PRINT, "reason": " "}]}}, False),
        ({"scan": {"allow": [{"fingerprint": PRINT}]}}, False),
        ({"scan": {"allow": [{"fingerprint": PRINT.upper(), "reason": "x"}]}}, False),
        ({"scan": {"allow": [{"fingerprint": PRINT[1:], "reason": "x"}]}}, False),
        ({"scan": {"allow": {"fingerprint": PRINT, "reason": "x"}}}, False),
        ({"scan": {"strict": True}}, False),
        ({"colour": "red"}, False),
    ],
)
def test_schema_and_reader_agree_on_sections(document: object, accepted: bool) -> None:
    assert VALIDATOR.is_valid(document) is accepted
    assert reader_accepts(document) is accepted


@pytest.mark.parametrize(
    "document",
    [
        {"keys": [{"env": "A"}, {"env": "A", "name": "b"}]},
        {"scan": {"allow": [{"fingerprint": PRINT, "reason": reason} for reason in "xy"]}},
        {"scan": {"allow": [{"fingerprint": PRINT, "reason": "sk-or-v1-" + PRINT}]}},
    ],
)
def test_what_compares_entries_or_looks_for_keys_only_the_reader_can_tell(document: object) -> None:
    assert VALIDATOR.is_valid(document)
    assert not reader_accepts(document)


WORDS = st.text("abAB01 ./-_:d*\\", max_size=8).filter(lambda text: not text.endswith("\n"))
VALUES = (
    st.none() | st.booleans() | st.integers(-5, 10**10) | WORDS | st.sampled_from(["7d", "a/b", "skip", "fail", PRINT])
)
VALUES_OR_LISTS = VALUES | st.lists(VALUES, max_size=2)
GATE_WORDS = st.dictionaries(st.sampled_from(list(GATES)), VALUES_OR_LISTS, max_size=3)
ENTRIES = st.fixed_dictionaries({}, optional={"env": VALUES, "name": VALUES}) | GATE_WORDS
ALLOWED = st.fixed_dictionaries({}, optional={"fingerprint": VALUES, "reason": VALUES, "expires": VALUES})
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "keys": VALUES_OR_LISTS | st.lists(ENTRIES, max_size=1),
        "gates": VALUES_OR_LISTS | GATE_WORDS,
        "scan": VALUES_OR_LISTS
        | st.fixed_dictionaries(
            {}, optional={"exclude": VALUES_OR_LISTS, "allow": st.lists(ALLOWED, max_size=1) | VALUES}
        ),
    },
)


@given(DOCUMENTS)
def test_schema_and_reader_agree_on_any_document(document: dict[str, Any]) -> None:
    assume("\\u" not in json.dumps(document))
    assert reader_accepts(document) is VALIDATOR.is_valid(document)
