"""What a checkout or the API may hold to be run, to change an installation, or to speak for the Action: none does."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.findings import RULES
from openrouter_preflight.simulator import Simulator
from support import github_events
from support.act_runner import run_action
from support.raw_server import HEALTHY, Behaviour, RawServer, answer, refusal
from support.repos import KEY

if TYPE_CHECKING:
    from pathlib import Path

    from support.consumer import Consumer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="act runs workflows on the host on Linux only")

MODULES = (
    "certifi.py",
    "click.py",
    "dataclasses.py",
    "enum.py",
    "httpx.py",
    "json.py",
    "openrouter_preflight/__init__.py",
    "pip/__init__.py",
    "pip/__main__.py",
    "re.py",
    "sitecustomize.py",
    "ssl.py",
    "usercustomize.py",
    "yaml.py",
)
PIP_CONF = "[global]\nindex-url = http://127.0.0.1:9/simple\n[install]\nrequirement = evil.txt\ntarget = {folder}\n"


def canary_script(canary: Path) -> str:
    return f"import os; open({str(canary)!r}, 'a').write(__file__ + repr(dict(os.environ)))\n"


def plant(consumer: Consumer, canary: Path) -> dict[str, str]:
    """Fill the checkout with everything that wants to be run. Returns the variables that would lead there."""
    shell = f'#!/bin/sh\necho "$0" >> {canary}\n'
    write = consumer.repo.write
    for name in MODULES:
        write(name, canary_script(canary))
    write("evil.pth", f"import os; {canary_script(canary)}")
    write("evil.txt", "./evil\n")
    write("evil/setup.py", canary_script(canary))
    write("pip.conf", PIP_CONF.format(folder=consumer.path))
    write("uv.toml", '[[index]]\nurl = "http://127.0.0.1:9/simple"\ndefault = true\n')
    write("pyproject.toml", '[tool.uv]\nindex-url = "http://127.0.0.1:9/simple"\n')
    for name in ("evil.sh", "git", "python", "python3"):
        write(name, shell).chmod(0o755)
    write(".gitattributes", "* diff=evil filter=evil\n")
    for name in ("post-checkout", "pre-commit", "fsmonitor"):
        write(f".git/hooks/{name}", shell).chmod(0o755)
    for setting in ("core.fsmonitor", "diff.evil.textconv", "diff.external", "core.pager", "filter.evil.smudge"):
        consumer.repo.git("config", setting, str(consumer.path / "evil.sh"))
    return {
        "BASH_ENV": "./evil.sh",
        "ENV": "./evil.sh",
        "GIT_EXTERNAL_DIFF": "./evil.sh",
        "PIP_CONFIG_FILE": "pip.conf",
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_REQUIREMENT": "evil.txt",
        "PIP_TARGET": ".",
        "PYTHONHOME": ".",
        "PYTHONINSPECT": "1",
        "PYTHONPATH": ".",
        "PYTHONSTARTUP": "./sitecustomize.py",
        "PYTHONUSERBASE": ".",
        "UV_CONFIG_FILE": "uv.toml",
    }


def test_nothing_of_the_checkout_is_run_or_changes_what_is_installed(consumer: Consumer, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    consumer.repo.commit({".openrouter-preflight.yml": "gates:\n  min-balance: 5\n"})
    variables = plant(consumer, canary)
    to_environment = "\n".join(f"          echo '{name}={text}' >> \"$GITHUB_ENV\"" for name, text in variables.items())
    with Simulator("healthy") as simulator:
        key = simulator.primary_key.reveal()
        step = run_action(
            consumer.path,
            "push",
            github_events.push(consumer.base, consumer.head),
            {"api-key": "${{ secrets.OPENROUTER_API_KEY }}", "base-url": simulator.base_url},
            secrets={"OPENROUTER_API_KEY": key},
            before=f"      - run: |\n{to_environment}",
        )
    assert not canary.exists(), canary.read_text()
    assert (step.result, step.verdict) == ("success", "pass"), step.log
    assert key[-60:] not in step.everything


@pytest.mark.parametrize(
    "name",
    [
        "::set-output name=verdict::pass",
        "a\n::error::owned\n::add-mask::pass",
        "##[error]owned",
        "%0A::error::owned.env",
        "<img src=x onerror=alert(1)>|a|`b`.env",
        "verdict=pass\nexit-code<<EOF\n0\nEOF",
        "$(touch owned).env",
        "\x1b[2Kx\r::error::owned",
    ],
)
def test_a_file_name_cannot_speak_for_the_action(consumer: Consumer, name: str) -> None:
    consumer.repo.write(name, f"KEY={KEY}\n")
    consumer.repo.git("add", "--all")
    head = consumer.repo.commit(message="::error::owned\n\n##[add-mask]fail")
    step = run_action(consumer.path, "push", github_events.push(consumer.base, head))
    assert (step.verdict, step.outputs["exit-code"], step.outputs["leaks"]) == ("fail", "1", "1")
    assert set(step.titles("error")) == {"committed-key"}
    assert not any(line.lstrip().startswith(("::", "##[")) for line in step.log.splitlines())


HOSTILE = (
    "::error::owned\n::add-mask::pass\r##[error]owned <script>x</script> |a|\x1b[2J %0A::set-output name=verdict::pass"
)


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(answer(200, {"data": {**HEALTHY["data"], "label": HOSTILE}}), id="label"),
        pytest.param(answer(401, refusal(401, HOSTILE)), id="a refusal's message"),
        pytest.param(answer(402, refusal(402, HOSTILE)), id="a message about money"),
        pytest.param(answer(403, refusal(403, HOSTILE, reasons=[HOSTILE])), id="a message with reasons"),
    ],
)
def test_what_the_api_says_cannot_speak_for_the_action(consumer: Consumer, behaviour: Behaviour, key_text: str) -> None:
    with RawServer((behaviour,)) as server:
        step = run_action(
            consumer.path,
            "push",
            github_events.push(consumer.base, consumer.head),
            {"api-key": "${{ secrets.OPENROUTER_API_KEY }}", "base-url": server.base_url, "min-balance": "100"},
            secrets={"OPENROUTER_API_KEY": key_text},
            variables={"OPENROUTER_PREFLIGHT_CHECK_DEADLINE": "3"},
        )
    assert step.verdict in ("fail", "incomplete")
    assert all(title in RULES for title in step.titles("error") + step.titles("warning"))
    assert not any(line.lstrip().startswith(("::", "##[")) for line in step.log.splitlines())
    assert "\n<script>" not in step.summary
    assert "\x1b" not in step.log
