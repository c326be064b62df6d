"""`--models-from` on the command line: the rows of the situations that were wrong, with siblings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from support.command_line import CommandLine

GROK = "x-ai/grok-beta"
LITELLM = """\
model_list:
  - model_name: a
    litellm_params: {model: openrouter/openai/gpt-4.1}
  - model_name: b
    litellm_params: {model: anthropic/claude-3-5-sonnet-20241022}
  - model_name: c
    litellm_params:
      model: openai/some-local-7b
      api_base: http://localhost:8000
"""


def checked(preflight: CommandLine, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> list[str]:
    monkeypatch.chdir(folder)
    (folder / name).write_text(text, encoding="utf-8")
    run = preflight.json("--simulate", "healthy", "--models-from", name)
    return [rule for rule in run.rules if rule != "models-checked"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "model: openrouter/databricks/dbrx-instruct\n"),
        ("a.txt", "openrouter/openchat/openchat-7b:free\n"),
        ("a.yaml", f"models:\n  - {GROK}\n"),
        ("a.py", f'M = "openrouter:{GROK}"\n'),
        ("a.ts", f"openrouter('{GROK}')\n"),
        ("a.js", f"MODEL || '{GROK}'\n"),
        ("a.sh", f"M=${{MODEL:-{GROK}}}\n"),
        ("a.sh", f"aider --model openrouter/{GROK}\n"),
        ("a.json", f'{{"id": "{GROK}"}}\n'),
        ("a.yaml", f"model: >-\n  {GROK}\n"),
        ("a.txt", "antropic/claude-sonnet-4\n"),
        ("a.md", "**openai/gpt-5**\n"),
        ("a.txt", "openai/gpt-4.1:free:online\n"),
        ("a.json", f'["openai/gpt-4.1", "{GROK}"]\n'),
    ],
)
def test_a_gone_model_is_unavailable(
    preflight: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    assert checked(preflight, tmp_path, monkeypatch, name, text) == ["model-unavailable"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("litellm.yaml", LITELLM),
        (".aider.conf.yml", "model: openrouter/openai/gpt-4.1\nweak-model: anthropic/claude-3-haiku-20240307\n"),
        ("cline.json", '{"groqModelId": "openai/gpt-oss-1", "openRouterModelId": "openai/gpt-4.1"}'),
        ("models.yaml", "groq:\n  - openai/gpt-oss-1\nopenrouter:\n  - openai/gpt-4.1\n"),
        ("a.yaml", f"# model: {GROK}\nmodel: openai/gpt-4.1\n"),
        ("a.ts", "import x from 'openai/gpt-1'\nconst repo = 'openai/gpt-2'; const model = 'openai/gpt-4.1'\n"),
        ("compose.yaml", "image: openai/gpt-9\nenvironment:\n  MODEL: openai/gpt-4.1\n"),
        ("ci.yaml", "branches: [openai/gpt-9]\nmodel: openai/gpt-4.1\n"),
    ],
)
def test_what_does_not_go_to_openrouter_is_left_alone(
    preflight: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    assert checked(preflight, tmp_path, monkeypatch, name, text) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.txt", "no model\n"), ("a.yaml", "litellm_params: {model: groq/x}\n"), ("a.json", '{"model": "@preset/x"}')],
)
def test_what_was_required_and_not_found_is_incomplete(
    preflight: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    assert checked(preflight, tmp_path, monkeypatch, name, text) == ["model-unchecked"]
    assert preflight("check", "--simulate", "healthy", "--models-from", name).code == 3
