"""`models`: what a key may use, the public catalogue without one, and what to move to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.simulator import Simulator
from support.planted import KEY
from support.raw_server import answer, refusal, serve

if TYPE_CHECKING:
    from pathlib import Path

    from support.command_line import CommandLine


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


def test_it_lists_what_the_key_may_use_in_one_request(preflight: CommandLine) -> None:
    with Simulator("healthy") as simulator:
        run = preflight(
            "models", OPENROUTER_API_KEY=simulator.primary_key.reveal(), OPENROUTER_BASE_URL=simulator.base_url
        )
        paths = [request.path for request in simulator.requests]
    head, *rows = run.out.splitlines()
    assert run.code == 0
    assert paths == ["/api/v1/models/user"]
    assert head.split() == ["model", "context", "prompt", "$/M", "completion", "$/M", "modalities", "expires"]
    assert (
        "openai/gpt-4.1                          1,047,576        2.00            8.00  text+image+file->text" in rows
    )
    assert f"{len(rows)} models that OPENROUTER_API_KEY may use." in run.err
    assert "Asked at http://127.0.0.1:" in run.err


def test_without_a_key_it_is_the_public_catalogue_and_says_so(preflight: CommandLine) -> None:
    with Simulator("healthy") as simulator:
        run = preflight("models", "--format", "json", OPENROUTER_API_KEY=None, OPENROUTER_BASE_URL=simulator.base_url)
        (request,) = simulator.requests
    assert (run.code, request.path) == (0, "/api/v1/models")
    assert "OPENROUTER_API_KEY is not set: this is the public catalogue" in run.err
    assert (run.report["source"], run.report["key"]) == ("public", None)
    assert run.report["models"][0] == {
        "id": "anthropic/claude-3.7-sonnet",
        "context_length": 200_000,
        "prompt_usd_per_million": "3.00",
        "completion_usd_per_million": "15.00",
        "highest_price_applies": None,
        "input_modalities": ["text"],
        "output_modalities": ["text"],
        "expires_on": None,
        "alias_of": None,
    }


@pytest.mark.parametrize(
    ("patterns", "ids"),
    [
        (["gpt-4.1"], ["openai/gpt-4.1", "openai/gpt-4.1-mini"]),
        (["openai/gpt-4.?"], ["openai/gpt-4.1"]),
        (["*:free"], ["deepseek/deepseek-chat-v3.1:free", "meta-llama/llama-3.3-70b-instruct:free"]),
        (["GPT-4.1-MINI", "embedding"], ["openai/gpt-4.1-mini", "openai/text-embedding-3-small"]),
        (["none"], []),
    ],
)
def test_a_pattern_is_a_part_of_an_id_or_a_glob(preflight: CommandLine, patterns: list[str], ids: list[str]) -> None:
    run = preflight("models", *patterns, "--simulate", "healthy", "--format", "json", OPENROUTER_API_KEY=None)
    assert [model["id"] for model in run.report["models"]] == ids
    assert run.report["simulated"] is True
    assert "SIMULATED" in run.err


def test_successors_are_of_the_same_family(preflight: CommandLine) -> None:
    names = ["openai/gpt-4-32k", "antropic/claude-sonnet-3", "openai/gpt-4.1", "x-ai/grok-beta"]
    run = preflight("models", "--simulate", "healthy", "--format", "json", "--successors", *names)
    states = {
        each["id"]: (each["state"], [row["id"] for row in each["successors"]]) for each in run.report["successions"]
    }
    assert states == {
        "openai/gpt-4-32k": ("gone", ["openai/gpt-4.1", "openai/gpt-4.1-mini", "openai/gpt-4o-mini"]),
        "antropic/claude-sonnet-3": ("gone", ["anthropic/claude-sonnet-4.5", "anthropic/claude-3.7-sonnet"]),
        "openai/gpt-4.1": ("available", []),
        "x-ai/grok-beta": ("gone", []),
    }
    text = preflight("models", "--simulate", "healthy", "--successors", ", ".join(names)).out
    assert "openai/gpt-4-32k is not among these models; move to:\n  openai/gpt-4.1 " in text
    assert "openai/gpt-4.1 is available and has no end date.\n" in text
    assert "x-ai/grok-beta is not among these models; no successor is known.\n" in text


def row(name: str, **more: object) -> dict[str, object]:
    return {"id": name, "pricing": {"prompt": "0.000001", "completion": "0.000002"}, "created": 1, **more}


def test_the_highest_price_an_end_and_a_new_name_are_told(preflight: CommandLine) -> None:
    dear = {
        "prompt": "0.000001",
        "completion": "0.000002",
        "overrides": [{"min_prompt_tokens": 9, "prompt": "0.000004"}],
    }
    listed = [row("a/chat-1", expiration_date="2027-01-31"), row("a/chat-2", pricing=dear), row("a/\x1b[31mx")]
    for each in listed:
        each["architecture"] = {"input_modalities": ["text"], "output_modalities": ["text"]}
    by_name = answer(200, {"data": row("a/chat-2")})
    all_of_them = answer(200, {"data": listed})
    with serve(lambda there, seen: (by_name if "/model/" in seen.path else all_of_them)(there, seen)) as server:
        environ = {"OPENROUTER_API_KEY": KEY, "OPENROUTER_BASE_URL": server.base_url}
        plain = preflight("models", variables=environ)
        moved = preflight("models", "--successors", "a/chat-1 a/chat-0", variables=environ)
    assert "4.00*" in plain.out
    assert "2027-01-31" in plain.out
    assert "\x1b" not in plain.out
    assert "a/chat-1 may be removed after 2027-01-31; move to:\n  a/chat-2" in moved.out
    assert "a/chat-0 has a new name; move to:\n  a/chat-2" in moved.out


@pytest.mark.parametrize(
    ("variables", "arguments", "code", "said"),
    [
        ({"OPENROUTER_API_KEY": KEY}, ("--key-env", "NONE"), 2, "NONE is not set"),
        ({"OPENROUTER_API_KEY": "sk-proj-" + "a1" * 20}, (), 1, "it was sent nowhere"),
        ({"OPENROUTER_API_KEY": KEY}, ("--simulate", "no-such"), 2, "no-such"),
    ],
)
def test_a_key_that_is_none_lists_nothing(
    preflight: CommandLine, variables: dict[str, str], arguments: tuple[str, ...], code: int, said: str
) -> None:
    run = preflight("models", *arguments, variables={"OPENROUTER_BASE_URL": "http://127.0.0.1:9", **variables})
    assert (run.code, run.out) == (code, "")
    assert said in run.err


@pytest.mark.parametrize(("status", "code"), [(401, 1), (500, 3), (404, 3)])
def test_a_refusal_lists_nothing(preflight: CommandLine, status: int, code: int) -> None:
    with serve(answer(status, refusal(status, "no"))) as server:
        environ = {"OPENROUTER_API_KEY": KEY, "OPENROUTER_BASE_URL": server.base_url}
        run = preflight("models", "--deadline", "1", variables=environ)
    assert (run.code, run.out) == (code, "")


def test_the_config_file_names_the_key(preflight: CommandLine, tmp_path: Path) -> None:
    (tmp_path / ".openrouter-preflight.yml").write_text("keys:\n  - env: PROD_KEY\n", encoding="utf-8")
    with Simulator("healthy") as simulator:
        environ = {"PROD_KEY": simulator.primary_key.reveal(), "OPENROUTER_BASE_URL": simulator.base_url}
        run = preflight("models", variables=environ)
    assert "models that PROD_KEY may use." in run.err


def test_a_thousand_rows_are_one_document(preflight: CommandLine) -> None:
    body = {"data": [row(f"vendor-{number % 50}/model-{number}") for number in range(1000)]}
    with serve(answer(200, body)) as server:
        environ = {"OPENROUTER_API_KEY": KEY, "OPENROUTER_BASE_URL": server.base_url}
        run = preflight("models", "--format", "json", variables=environ)
    assert len(json.loads(run.out)["models"]) == 1000
