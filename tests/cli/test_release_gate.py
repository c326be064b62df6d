"""The release gate as a person runs it: flags, config file, and what is said while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from support.command_line import CommandLine

CONFIG = """\
gates:
  min-runway: 7d
  models:
    - id: openai/gpt-4.1-mini
      max-prompt-price: 0.40
      parameters: [tools]
      modalities: image
    - id: anthropic/claude-sonnet-4.5
      max-completion-price: 10
      min-context: 2000000
keys:
  - env: OPENROUTER_API_KEY
    name: production
"""


def test_the_config_file_says_what_models_must_be_like(
    preflight: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".openrouter-preflight.yml").write_text(CONFIG, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ran = preflight.json("--simulate", "short-runway")
    assert ran.code == 1
    assert ran.rules == ["runway-short", "model-over-price", "model-lacks-capability"]
    assert {finding["key"] for finding in ran.report["findings"]} == {"production"}


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("- {}", "`id:` is missing"),
        ("- {id: openai/gpt-4.1, max-price: 3}", "max-price"),
        ("- {id: openai/gpt-4.1, min-context: 128k}", "a number of tokens such as 128000"),
        ("- {id: openai/gpt-4.1, modalities: [Video!]}", "a modality such as image or output:image"),
        ("- {id: a/b}\n    - {id: a/b}", "stands on line 3 already"),
    ],
)
def test_what_a_model_entry_cannot_be_is_said_with_its_line(
    entry: str, words: str, preflight: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gates.yml").write_text(f"gates:\n  models:\n    {entry}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ran = preflight("check", "--simulate", "healthy", "--config", "gates.yml")
    assert ran.code == 2
    assert "gates.yml:" in ran.err
    assert words in " ".join(ran.err.split())


def test_a_probe_says_what_it_can_cost_before_and_what_it_cost_after(preflight: CommandLine) -> None:
    ran = preflight("check", "--simulate", "healthy", "--probe", "openai/gpt-4o-mini")
    assert ran.code == 0
    assert "probe: asking openai/gpt-4o-mini for one tiny completion" in ran.err
    assert "at most $0.000014" in ran.err
    assert "it cost $0.00000" in " ".join(ran.out.split())


def test_a_report_given_back_says_what_changed(preflight: CommandLine, tmp_path: Path) -> None:
    report = tmp_path / "then.json"
    first = preflight("check", "--simulate", "low-balance", "--min-balance", "5", "--report", f"json={report}")
    ran = preflight("check", "--simulate", "healthy", "--compare", str(report))
    said = " ".join(ran.out.split())
    assert (first.code, ran.code) == (1, 0)
    assert "the verdict was fail, and is pass" in said
    assert "gone since then: balance-low" in said


@pytest.mark.parametrize(
    ("scenario", "gates", "code"),
    [
        ("activity", ["--min-runway", "7d"], 0),
        ("short-runway", ["--min-runway", "7d"], 1),
        ("spike", ["--min-runway", "7d"], 0),
        ("several-keys", ["--min-runway", "7d"], 1),
        ("unknown-balance", ["--min-runway", "7d", "--expected-spend", "3"], 3),
        ("unknown-balance", ["--probe-afford", "5"], 0),
        ("unknown-balance", ["--probe-afford", "500"], 1),
        ("old-key", ["--max-key-age", "90d"], 1),
        ("healthy", ["--max-key-age", "90d"], 3),
        ("unused-key", ["--hygiene"], 0),
    ],
)
def test_a_scenario_ends_as_its_story_says(scenario: str, gates: list[str], code: int, preflight: CommandLine) -> None:
    assert preflight("check", "--simulate", scenario, *gates).code == code
