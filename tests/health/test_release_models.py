"""The models that a release needs, over real HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.findings import ExitCode, Severity
from openrouter_preflight.settings.model import Gates, ModelRequirement, OnUnreachable, Policies
from openrouter_preflight.simulator.catalogue import CATALOGUE
from openrouter_preflight.simulator.exchange import Answer
from openrouter_preflight.simulator.faults import Fault
from support.gates import Checked, account, check_account

if TYPE_CHECKING:
    from pathlib import Path

FUNDED = account(limit=Decimal(50))
BROKEN = Answer(status=500, body={"error": {"code": 500, "message": "Internal Server Error"}})


def require(*names: str) -> Checked:
    return check_account(FUNDED, Gates(require_models=names))


@pytest.mark.parametrize(
    "name",
    [
        "openai/gpt-4.1",
        "openai/gpt-4.1:nitro",
        "openrouter/auto",
        "~anthropic/claude-sonnet-latest",
        "anthropic/claude-3.7-sonnet:thinking",
        "deepseek/deepseek-chat-v3.1:free",
        # Not among the text models that the list shows unless it is asked for all.
        "openai/text-embedding-3-small",
    ],
)
def test_a_model_that_the_key_may_use_is_nothing_to_report(name: str) -> None:
    assert require(name).rules == []


def test_models_that_are_there_cost_one_request() -> None:
    assert require("openai/gpt-4.1", "openrouter/auto").asked == ("GET /key", "GET /models/user")


def test_a_model_that_is_gone_suggests_the_nearest_names() -> None:
    finding = require("openai/gpt-4-32k").finding
    assert (finding.rule.name, finding.severity) == ("model-unavailable", Severity.ERROR)
    assert "OpenRouter has no such model now; the nearest names are openai/gpt-4.1" in finding.message


def test_a_free_variant_that_never_was_suggests_the_paid_model() -> None:
    assert "the nearest names are openai/gpt-4.1," in require("openai/gpt-4.1:free").finding.message


def test_a_model_kept_away_is_laid_to_the_keys_settings() -> None:
    finding = require("mistralai/mistral-small-3.2-24b-instruct").finding
    assert "it exists, but the privacy or guardrail settings of the key keep it away" in finding.message
    assert "settings/privacy" in finding.help


def test_a_name_of_old_is_followed() -> None:
    old = replace(CATALOGUE[1], id="openai/gpt-4-one", alias_of="openai/gpt-4.1", outputs=("nothing",))
    checked = check_account(FUNDED, Gates(require_models=("openai/gpt-4-one",)), models=(*CATALOGUE, old))
    assert checked.rules == []


@pytest.mark.parametrize(
    ("preset", "constraint", "code"),
    [
        ("@preset/support", None, ExitCode.INCOMPLETE),
        ("openai/gpt-4.1@preset/support", None, ExitCode.PASS),
        ("@preset/support", 1000, ExitCode.INCOMPLETE),
    ],
)
def test_a_preset_cannot_be_checked_and_is_said(preset: str, constraint: int | None, code: ExitCode) -> None:
    gates = Gates(models=(ModelRequirement(id=preset, min_context=constraint),))
    checked = check_account(FUNDED, gates)
    assert checked.rules == ["model-unchecked"]
    assert checked.outcome.exit_code is code


def test_constraints_of_the_config_file_are_judged() -> None:
    gates = Gates(
        models=(
            ModelRequirement(
                id="openai/gpt-4o-mini",
                max_prompt_price=Decimal("0.1"),
                min_context=200_000,
                parameters=("reasoning",),
                modalities=("audio",),
            ),
        )
    )
    assert check_account(FUNDED, gates).rules == [
        "model-over-price",
        "model-lacks-capability",
        "model-lacks-capability",
        "model-lacks-capability",
    ]


def test_an_alias_is_held_against_the_model_it_stands_for() -> None:
    gates = Gates(models=(ModelRequirement(id="~anthropic/claude-sonnet-latest", max_prompt_price=Decimal(1)),))
    finding = check_account(FUNDED, gates).finding
    assert "~anthropic/claude-sonnet-latest (now anthropic/claude-sonnet-4.5) costs $3" in finding.message


@pytest.mark.parametrize(
    ("asked", "days", "severity"),
    [
        (None, 31, None),
        (None, 20, Severity.WARNING),
        (timedelta(days=14), 20, None),
        (timedelta(days=21), 20, Severity.ERROR),
        (timedelta(days=90), 60, Severity.ERROR),
    ],
)
def test_a_model_that_leaves_soon_is_told(asked: timedelta | None, days: int, severity: Severity | None) -> None:
    gates = Gates(models=(ModelRequirement(id="openai/gpt-4.1", not_expiring_within=asked),))
    checked = check_account(FUNDED, gates, lifetimes={"openai/gpt-4.1": timedelta(days=days)})
    assert [finding.severity for finding in checked.findings] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("policy", "code"), [(OnUnreachable.FAIL, ExitCode.INCOMPLETE), (OnUnreachable.WARN, ExitCode.PASS)]
)
def test_a_list_that_cannot_be_read_decides_nothing(policy: OnUnreachable, code: ExitCode) -> None:
    checked = check_account(
        FUNDED,
        Gates(require_models=("openai/gpt-4.1",)),
        faults=(Fault(answer=BROKEN, path="/models/user"),),
        policies=Policies(on_unreachable=policy),
    )
    assert checked.rules == ["model-unchecked"]
    assert checked.outcome.exit_code is code


def test_a_missing_model_stays_undecided_where_the_public_list_is_silent() -> None:
    checked = check_account(
        FUNDED, Gates(require_models=("openai/gpt-5",)), faults=(Fault(answer=BROKEN, path="/v1/models"),)
    )
    assert checked.rules == ["model-unchecked"]


@pytest.mark.parametrize(
    ("quota", "rules"),
    [
        ({"used": 50, "limit": 50, "remaining": 0}, ["free-requests-exhausted"]),
        ({"used": 51, "limit": 50}, ["free-requests-exhausted"]),
        ({"used": 49, "limit": 50, "remaining": 1}, []),
        ({"limit": 50}, []),
        (None, []),
    ],
)
def test_a_free_model_needs_free_requests(quota: dict[str, int] | None, rules: list[str]) -> None:
    told = {"label": "of a form of its own", "limit": 9, "limit_remaining": 9, "free_model_daily_requests": quota}
    faults = (Fault(answer=Answer(status=200, body={"data": told}), path="/key"),)
    free = check_account(FUNDED, Gates(require_models=("deepseek/deepseek-chat-v3.1:free",)), faults=faults)
    paid = check_account(FUNDED, Gates(require_models=("openai/gpt-4.1",)), faults=faults)
    assert (free.rules, paid.rules) == (rules, [])


def test_a_green_run_says_which_models_it_checked() -> None:
    gates = Gates(require_models=("openai/gpt-4.1", "openai/text-embedding-3-small"))
    (finding,) = check_account(FUNDED, gates).outcome.findings
    assert finding.rule.name == "models-checked"
    assert finding.message.endswith("may use every model required: openai/gpt-4.1, openai/text-embedding-3-small.")


def test_a_price_under_a_condition_counts_where_it_is_higher() -> None:
    """The first price is below the bound, that of long prompts above it."""
    dear = replace(CATALOGUE[1], id="a/chat", overrides=({"min_prompt_tokens": 200_000, "completion": "0.00002"},))
    wanted = ModelRequirement(id="a/chat", max_completion_price=Decimal(15))
    checked = check_account(FUNDED, Gates(models=(wanted,)), models=(*CATALOGUE, dear))
    assert checked.rules == ["model-over-price"]
    assert "costs $20 for a million completion tokens for prompts over 200,000 tokens" in checked.finding.message


def test_embedding_models_have_a_list_of_their_own() -> None:
    checked = check_account(FUNDED, Gates(require_models=("openai/text-embedding-3-small",)))
    assert checked.rules == []
    assert "GET /embeddings/models" in checked.asked


def test_files_are_the_list_of_models(tmp_path: Path) -> None:
    file = tmp_path / "litellm.yaml"
    file.write_text(
        "model_list:\n"
        "  - litellm_params: {model: openrouter/openai/gpt-4.1}\n"
        "  - litellm_params: {model: openrouter/openai/gpt-4-32k}\n"
        "  - litellm_params: {model: openrouter/mistralai/mistral-small-3.2-24b-instruct}\n"
        "# built from src/foo, see openai/openai-python\n",
        encoding="utf-8",
    )
    checked = check_account(FUNDED, Gates(models_from=(str(file),)))
    assert checked.rules == ["model-unavailable", "model-unavailable"]
    gone, private = (finding.message for finding in checked.findings)
    assert f"openai/gpt-4-32k ({file}:3)" in gone
    assert f"mistralai/mistral-small-3.2-24b-instruct ({file}:4): it exists" in private


def test_a_name_of_old_in_a_file_is_followed(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("MODEL=openai/gpt-4-one\n", encoding="utf-8")
    old = replace(CATALOGUE[1], id="openai/gpt-4-one", alias_of="openai/gpt-4.1", outputs=("nothing",))
    checked = check_account(FUNDED, Gates(models_from=(str(file),)), models=(*CATALOGUE, old))
    assert checked.rules == []


def test_a_name_that_may_be_a_models_or_not_is_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text("Built on openai/gpt-4.1 with openai/retro-1 and openai/tiktoken.", encoding="utf-8")
    checked = check_account(FUNDED, Gates(models_from=(str(file),)))
    assert checked.rules == ["model-unchecked"]
    assert f"openai/retro-1 ({file}:1) may be meant for a model" in checked.finding.message
    assert checked.outcome.exit_code is ExitCode.PASS


def test_an_alias_to_a_model_that_is_gone_says_which(tmp_path: Path) -> None:
    alias = replace(CATALOGUE[1], id="~openai/gpt-latest", alias_of="openai/gpt-4-32k")
    checked = check_account(FUNDED, Gates(require_models=("~openai/gpt-latest",)), models=(*CATALOGUE, alias))
    assert checked.rules == ["model-unavailable"]
    assert "openai/gpt-4-32k, for which it stands, is not there" in checked.finding.message


@pytest.mark.parametrize("text", ["nothing here", "src/foo and lib/bar"])
def test_files_without_any_model_are_incomplete(text: str, tmp_path: Path) -> None:
    file = tmp_path / "config.txt"
    file.write_text(text, encoding="utf-8")
    checked = check_account(FUNDED, Gates(models_from=(str(file),)))
    assert checked.rules == ["model-unchecked"]
    assert checked.outcome.exit_code is ExitCode.INCOMPLETE
