"""docs/report.schema.json is the schema of what is written, and what is written fits it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from openrouter_preflight.reports import render
from openrouter_preflight.reports.json.report_schema import report_schema
from support.report_samples import CONTEXT, EVERYTHING, HOSTILE, TROUBLE, hostile_outcome

if TYPE_CHECKING:
    from openrouter_preflight.findings import Outcome

_PUBLISHED = Path(__file__).parents[2] / "docs" / "report.schema.json"
_VALIDATOR = Draft202012Validator(report_schema())


def test_the_published_schema_is_the_one_in_the_code() -> None:
    assert json.loads(_PUBLISHED.read_text(encoding="utf-8")) == report_schema()


def test_the_schema_is_a_valid_one() -> None:
    Draft202012Validator.check_schema(report_schema())


@pytest.mark.parametrize("outcome", [*EVERYTHING, *map(hostile_outcome, HOSTILE)])
def test_every_report_fits_it(outcome: Outcome) -> None:
    _VALIDATOR.validate(json.loads(render("json", outcome, CONTEXT)))


def test_every_field_that_is_written_is_described() -> None:
    document, schema = json.loads(render("json", TROUBLE, CONTEXT)), report_schema()["properties"]
    assert set(document) == set(schema)
    assert set(document["keys"][0]) == set(schema["keys"]["items"]["properties"])
    assert set(document["findings"][0]) == set(schema["findings"]["items"]["properties"])


@pytest.mark.parametrize(
    ("field", "value"), [("verdict", "maybe"), ("exit_code", 2), ("simulated", "yes"), ("keys", {}), ("schema", "x/2")]
)
def test_what_the_contract_rules_out_does_not_fit(field: str, value: Any) -> None:
    document = json.loads(render("json", TROUBLE, CONTEXT))
    assert not _VALIDATOR.is_valid({**document, field: value})
