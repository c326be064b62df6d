"""The inputs: what may stand in each, and that a wrong value is told by the input's name."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from openrouter_preflight.action.inputs import NOT_GIVEN, PREFIX, read_inputs, secrets_of
from openrouter_preflight.errors import UsageError


def variables(**inputs: str) -> dict[str, str]:
    """The variables that `action.yml` makes of inputs; those that are left out arrive with their defaults."""
    given = {"API_KEY": NOT_GIVEN, "SCAN": "auto", "MIN_BALANCE": "", **{k.upper(): v for k, v in inputs.items()}}
    return {f"{PREFIX}{name}": text for name, text in given.items()}


def test_with_no_input_it_scans_and_asks_for_no_check() -> None:
    inputs = read_inputs(variables())
    assert (inputs.scan, inputs.key_given, inputs.gates_given, dict(inputs.check)) == ("auto", False, False, {})


def test_an_empty_secret_is_a_key_that_was_given() -> None:
    assert read_inputs(variables(api_key="")).key_given
    assert secrets_of(variables(api_key="")) == {"OPENROUTER_API_KEY": ""}
    assert secrets_of(variables()) == {}


def test_inputs_mean_what_the_flags_mean() -> None:
    inputs = read_inputs(
        variables(
            min_balance=" 5 ",
            require_models="openai/gpt-4.1\n\n  x-ai/grok-4  \n",
            on_missing="skip",
            strict="true",
            config="ci/gates.yml",
            sarif_file="out.sarif",
            scan="history",
        )
    )
    assert inputs.check["min_balance"] == Decimal(5)
    assert inputs.check["require_model"] == ("openai/gpt-4.1", "x-ai/grok-4")
    assert inputs.check["on_missing"] == "skip"
    assert (inputs.strict, inputs.config, inputs.sarif_file) == (True, Path("ci/gates.yml"), Path("out.sarif"))
    assert (inputs.scan, inputs.gates_given) == ("history", True)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("min-balance", "five"),
        ("min-runway", "soon"),
        ("expires-within", "-3d"),
        ("require-models", "not a model"),
        ("scan", "everything"),
        ("on-missing", "ignore"),
        ("on-unreachable", "skip"),
        ("on-unknown-balance", "skip"),
        ("strict", "perhaps"),
        ("base-url", "http://example.org"),
        ("simulate", "UPPER"),
        ("config", "a\0b"),
        ("sarif-file", "a\0b"),
    ],
)
def test_a_wrong_value_is_told_with_the_inputs_name(name: str, text: str) -> None:
    with pytest.raises(UsageError, match=f"^input {name}: "):
        read_inputs(variables(**{name.replace("-", "_"): text}))


def test_every_wrong_value_is_told_at_once() -> None:
    with pytest.raises(UsageError) as refusal:
        read_inputs(variables(min_balance="x", scan="y"))
    assert len(str(refusal.value).splitlines()) == 2


def test_a_key_in_the_wrong_input_is_not_shown(key_text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        read_inputs(variables(min_balance=key_text))
    assert key_text[-12:] not in str(refusal.value)


def test_the_simulator_and_another_address_exclude_each_other() -> None:
    with pytest.raises(UsageError, match="simulate and base-url"):
        read_inputs(variables(simulate="healthy", base_url="http://localhost:1"))


def test_a_policy_alone_asks_for_no_check() -> None:
    assert not read_inputs(variables(on_missing="skip")).gates_given


@pytest.mark.parametrize("text", ["a/b\nc/d", "a/b,c/d", "a/b c/d", " a/b,\n\n c/d "])
def test_a_list_has_one_grammar(text: str) -> None:
    assert read_inputs(variables(require_models=text)).check == {"require_model": ("a/b", "c/d")}
