"""The step as a whole, inside the test's process: what it does about a key, and what it leaves behind."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import pytest

from openrouter_preflight.action import main as step
from openrouter_preflight.action.inputs import NOT_GIVEN, PREFIX
from openrouter_preflight.action.packages import PackagesError
from support import github_events
from support.repos import HERMETIC, KEY
from support.runner_log import github_commands

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.consumer import Consumer


@dataclass
class StandIn:
    """Packages that are here already, or cannot be had."""

    asked: list[str] = field(default_factory=list)
    refused: tuple[str, ...] = ()

    def __call__(self, *_: object) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def expect(self, lock: str) -> None:
        self.asked.append(lock)

    def need(self, lock: str) -> None:
        self.asked.append(lock)
        if lock in self.refused:
            raise PackagesError("pip could not install what is needed: no route", "Run the step again.")


@pytest.fixture
def packages(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    stand_in = StandIn()
    monkeypatch.setattr(step, "Packages", stand_in)
    return stand_in


@dataclass(frozen=True)
class Ran:
    """What one run left behind."""

    code: int
    log: str
    report: Any
    outputs: str
    summary: str

    @property
    def rules(self) -> dict[str, str]:
        return {finding["rule"]: finding["severity"] for finding in self.report["findings"]}


@pytest.fixture
def run(
    consumer: Consumer,
    packages: StandIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Any:
    """Run the step for an event, with inputs."""
    monkeypatch.chdir(consumer.path)

    def run_step(
        event: str = "push",
        payload: Any = None,
        actor: str = "octocat",
        env: Mapping[str, str] | None = None,
        **inputs: str,
    ) -> Ran:
        if payload is None:
            payload = getattr(github_events, event)(consumer.base, consumer.head)
        (tmp_path / "event.json").write_text(json.dumps(payload), encoding="utf-8")
        given = {"API_KEY": NOT_GIVEN, **{name.upper(): text for name, text in inputs.items()}}
        runner = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTOR": actor,
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
            "GITHUB_OUTPUT": str(tmp_path / "outputs"),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
            "RUNNER_TEMP": str(tmp_path),
        }
        monkeypatch.setattr(
            "os.environ", {**HERMETIC, **runner, **{f"{PREFIX}{n}": t for n, t in given.items()}, **(env or {})}
        )
        code = step.main()
        reports = sorted(tmp_path.glob("openrouter-preflight-*/report.json"), key=lambda path: path.stat().st_mtime_ns)
        return Ran(
            code=code,
            log=capsys.readouterr().out,
            report=json.loads(reports[-1].read_text(encoding="utf-8")) if reports else None,
            outputs=(tmp_path / "outputs").read_text(encoding="utf-8"),
            summary=(tmp_path / "summary").read_text(encoding="utf-8"),
        )

    return run_step


def test_a_scan_without_a_check_installs_nothing(run: Any, packages: StandIn) -> None:
    ran = run()
    assert (ran.code, packages.asked, ran.report["command"], ran.report["keys"]) == (0, [], "scan", [])


def test_a_config_file_is_all_that_a_scan_may_need(run: Any, packages: StandIn, consumer: Consumer) -> None:
    consumer.repo.commit({".openrouter-preflight.yml": "keys:\n  - env: SOME_KEY\n"})
    ran = run()
    assert (ran.code, set(packages.asked), ran.report["keys"]) == (0, {"config"}, [])


def test_check_and_scan_are_one_outcome(run: Any, packages: StandIn) -> None:
    ran = run(simulate="low-balance", min_balance="5")
    assert (ran.code, ran.report["command"], ran.report["simulated"]) == (1, "action", True)
    assert ran.rules == {"balance-low": "error"}
    assert ran.report["scan"]["commits"] == 1
    assert set(packages.asked) == {"check"}


def test_fail_beats_incomplete_whichever_part_says_it(run: Any, consumer: Consumer) -> None:
    consumer.repo.commit({"x.env": f"KEY={KEY}\n"})
    ran = run(simulate="outage", env={"OPENROUTER_PREFLIGHT_CHECK_DEADLINE": "0.5"})
    assert (ran.code, ran.report["verdict"]) == (1, "fail")
    assert set(ran.rules) == {"service-unreachable", "committed-key"}


def test_packages_that_cannot_be_had_are_incomplete_and_the_scan_is_made(
    run: Any, packages: StandIn, consumer: Consumer
) -> None:
    packages.refused = ("check",)
    ran = run(simulate="healthy")
    assert (ran.code, ran.rules) == (3, {"check-not-run": "error"})
    assert ran.report["scan"]["complete"]
    consumer.repo.commit({"x.env": f"KEY={KEY}\n"})
    assert run(simulate="healthy").code == 1


def test_without_a_reader_for_the_config_file_nothing_is_called_a_leak(
    run: Any, packages: StandIn, consumer: Consumer
) -> None:
    consumer.repo.commit({".openrouter-preflight.yml": "scan: {}\n", "x.env": f"KEY={KEY}\n"})
    packages.refused = ("config",)
    ran = run()
    assert (ran.code, ran.rules) == (3, {"scan-incomplete": "error"})


FORK = {"head_repository": "stranger/app"}


@pytest.mark.parametrize(
    ("event", "payload", "actor", "on_missing", "severity", "words"),
    [
        pytest.param("pull_request", FORK, "stranger", "", "error", "from forks", id="fork"),
        pytest.param("pull_request", FORK, "stranger", "skip", "warning", "from forks", id="fork, skip"),
        pytest.param("pull_request", {}, "dependabot[bot]", "", "error", "Dependabot's secrets", id="dependabot"),
        pytest.param("pull_request", {}, "dependabot[bot]", "skip", "warning", "Dependabot's", id="dependabot, skip"),
        pytest.param("pull_request", {}, "octocat", "skip", "error", "excuses only", id="same repository, skip"),
        pytest.param("push", {}, "octocat", "", "error", "another name or is not set", id="push"),
        pytest.param("push", {}, "octocat", "skip", "error", "excuses only", id="push, skip"),
        pytest.param("push", {}, "dependabot[bot]", "skip", "error", "excuses only", id="push by dependabot, skip"),
        pytest.param("push", {}, "dependabot[bot]", "fail", "error", "Dependabot's pushes", id="push by dependabot"),
        pytest.param("merge_group", {}, "octocat", "skip", "error", "excuses only", id="merge group, skip"),
    ],
)
def test_a_missing_secret_says_why_and_is_excused_only_where_that_is_known(
    run: Any,
    consumer: Consumer,
    packages: StandIn,
    event: str,
    payload: dict[str, str],
    actor: str,
    on_missing: str,
    severity: str,
    words: str,
) -> None:
    made = getattr(github_events, event)(consumer.base, consumer.head, **payload)
    ran = run(event, made, actor, api_key="", on_missing=on_missing)
    (finding,) = ran.report["findings"]
    assert (finding["rule"], finding["severity"], ran.code) == ("key-missing", severity, severity == "error")
    assert words in finding["message"]
    assert ran.report["keys"][0]["state"] == ("missing" if severity == "error" else "skipped")
    assert packages.asked == []


def test_a_config_file_cannot_excuse_a_missing_secret_on_a_push(run: Any, consumer: Consumer) -> None:
    consumer.repo.commit({".openrouter-preflight.yml": "gates:\n  on-missing: skip\n"})
    assert run(api_key="").rules == {"key-missing": "error", "policy-not-heeded": "warning"}


def test_the_simulator_does_not_stand_in_for_a_secret_that_is_missing(run: Any) -> None:
    ran = run(api_key="", simulate="healthy")
    assert (ran.rules, ran.report["simulated"]) == ({"key-missing": "error"}, True)


def test_pull_request_target_never_checks(run: Any, consumer: Consumer, packages: StandIn) -> None:
    payload = github_events.pull_request(consumer.base, consumer.head, **FORK)
    ran = run("pull_request_target", payload, api_key=KEY, simulate="revoked")
    assert (ran.code, ran.rules, packages.asked) == (3, {"check-not-run": "error"}, [])
    assert "pull requests from anywhere" in ran.report["findings"][0]["message"]
    skipped = run("pull_request_target", payload, api_key=KEY, simulate="revoked", on_missing="skip")
    assert (skipped.code, skipped.rules) == (0, {"check-not-run": "warning"})


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("workflow_run", {"workflow_run": {"event": "pull_request"}}),
        ("issue_comment", {"comment": {}, "issue": {"pull_request": {}}}),
    ],
)
def test_no_key_is_used_after_or_beside_a_pull_request(
    run: Any, packages: StandIn, event: str, payload: dict[str, Any]
) -> None:
    ran = run(event, payload, api_key=KEY, scan="off")
    assert (ran.code, ran.rules, packages.asked) == (3, {"check-not-run": "error"}, [])
    assert f"{event} runs with this repository's secrets" in ran.report["findings"][0]["message"]


def test_variables_are_heeded_as_inputs_are(run: Any, consumer: Consumer, tmp_path: Path) -> None:
    consumer.repo.commit({"ci/gates.yml": "gates:\n  min-balance: 1000\n"})
    own = {"CONFIG": "ci/gates.yml", "REPORT": f"json={tmp_path / 'extra.json'}"}
    variables = {f"OPENROUTER_PREFLIGHT_CHECK_{name}": value for name, value in own.items()}
    ran = run(api_key=KEY, simulate="healthy", env=variables)
    assert "balance-low" in ran.rules
    assert (tmp_path / "extra.json").is_file()


def test_a_gate_in_a_variable_asks_for_a_check(run: Any) -> None:
    assert run(env={"OPENROUTER_PREFLIGHT_CHECK_MIN_BALANCE": "5"}).rules == {"key-missing": "error"}


@pytest.mark.parametrize("name", ["INPUT_STRICTT", "MIN_BALANCE", "CHECK_FORMAT"])
def test_nothing_that_is_requested_is_dropped(run: Any, name: str) -> None:
    assert run(api_key=KEY, simulate="healthy", env={f"OPENROUTER_PREFLIGHT_{name}": "json"}).code == 2


def test_scan_off_leaves_the_check_of_the_usual_variable(run: Any) -> None:
    ran = run(scan="off")
    assert (ran.rules, ran.report["command"], ran.report["scan"]) == ({"key-missing": "error"}, "check", None)


def test_a_config_file_that_is_named_has_its_keys_checked(run: Any, consumer: Consumer) -> None:
    consumer.repo.commit({"ci/gates.yml": "keys:\n  - {name: prod, env: PROD_KEY}\n  - {name: dev, env: DEV_KEY}\n"})
    ran = run(config="ci/gates.yml", simulate="several-keys")
    assert [key["name"] for key in ran.report["keys"]] == ["prod", "dev"]


def test_a_committed_key_that_is_deployed_is_called_so(run: Any, consumer: Consumer) -> None:
    consumer.repo.commit({"x.env": f"KEY={KEY}\n"})
    ran = run(api_key=KEY, simulate="healthy")
    assert set(ran.rules) == {"deployed-key-committed"}


def test_outputs_hold_the_verdict_and_no_part_of_a_key(run: Any) -> None:
    ran = run(simulate="healthy", min_balance="5")
    lines = ran.outputs.splitlines()
    named = {line.partition("<<")[0]: lines[number + 1] for number, line in enumerate(lines) if "<<" in line}
    assert named["verdict"] == "pass"
    assert named["spendable-usd"] == "74.5"
    assert len(named["fingerprint"]) == 64
    assert "sk-or" not in ran.outputs


@pytest.mark.parametrize(
    ("inputs", "code"),
    [({"min_balance": "five"}, 2), ({"simulate": "no-such-scenario"}, 2), ({"config": "none.yml"}, 2)],
)
def test_a_usage_error_is_annotated_and_leaves_outputs_and_summary(run: Any, inputs: dict[str, str], code: int) -> None:
    ran = run(**inputs)
    (command,) = github_commands(ran.log)
    assert (ran.code, command.name) == (code, "error")
    assert "incomplete" in ran.outputs
    assert "nothing was decided" in ran.summary


@pytest.mark.parametrize(
    ("inputs", "name"),
    [
        ({"config": "none.yml"}, "config"),
        ({"config": "none.yml", "min_balance": "5"}, "config"),
        ({"sarif_file": "no/such/folder/x.sarif"}, "sarif-file"),
        ({"sarif_file": "."}, "sarif-file"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_the_inputs_name(run: Any, inputs: dict[str, str], name: str) -> None:
    ran = run(**inputs)
    (command,) = github_commands(ran.log)
    assert (ran.code, command.data.startswith(f"input {name}: ")) == (2, True)


def test_a_leak_is_told_where_a_report_of_it_cannot_be_written(run: Any, consumer: Consumer) -> None:
    consumer.repo.commit({"a.env": KEY})
    ran = run(sarif_file="no/such/folder/x.sarif")
    assert (ran.code, "sarif-file" in ran.log, "committed-key" in ran.log) == (1, True, True)
    assert "fail" in ran.outputs
    assert "committed-key" in ran.summary


def test_a_checkout_in_a_folder_of_its_own_is_scanned_there(
    run: Any, consumer: Consumer, packages: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(consumer.path.parent)
    consumer.repo.write("ci/gates.yml", "gates:\n  min-balance: 5\n")
    wishes = {"working_directory": consumer.path.name, "sarif_file": "my.sarif", "config": "ci/gates.yml"}
    ran = run(**wishes, api_key=KEY, simulate="healthy")
    assert (ran.code, ran.report["scan"]["commits"], set(packages.asked)) == (0, 1, {"check", "config"})
    assert (consumer.path.parent / "my.sarif").is_file()
    assert str(consumer.path.parent / "my.sarif") in ran.outputs


@pytest.mark.parametrize("name", ["none", "app.py", "out", ".."])
def test_a_folder_outside_of_the_workspace_or_none_is_told_with_the_inputs_name(
    run: Any, consumer: Consumer, tmp_path: Path, name: str
) -> None:
    (consumer.path / "out").symlink_to(tmp_path)
    ran = run(working_directory=name)
    assert (ran.code, f"input working-directory: there is no folder {name}" in ran.log) == (2, True)


def test_a_symbolic_link_in_the_checkout_cannot_lead_the_report_out_of_it(
    run: Any, consumer: Consumer, tmp_path: Path
) -> None:
    outside = tmp_path / "precious"
    outside.write_text("precious", encoding="utf-8")
    (consumer.path / "out.sarif").symlink_to(outside)
    ran = run(sarif_file="out.sarif")
    assert (ran.code, outside.read_text(encoding="utf-8")) == (2, "precious")


def test_a_crash_is_an_apology_without_data(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object, **__: object) -> None:
        raise ZeroDivisionError(KEY)

    monkeypatch.setattr(step, "scan_event", crash)
    ran = run()
    assert (ran.code, "sorry, this is a bug" in ran.log) == (3, True)
    assert KEY not in ran.log


@pytest.mark.parametrize("variable", ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "RUNNER_TEMP"])
def test_a_file_of_the_runner_that_cannot_be_used_is_told_and_no_bug(run: Any, tmp_path: Path, variable: str) -> None:
    (tmp_path / "outputs").touch()
    (tmp_path / "summary").touch()
    ran = run(env={variable: str(tmp_path / "none/file")})
    assert (ran.code, f"the runner's file at {variable} cannot be used" in ran.log) == (3, True)
    assert "bug" not in ran.log


def test_no_other_name_of_a_file_is_told(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, "No such file or directory", "what somebody took for a path")

    monkeypatch.setattr(step, "scan_event", crash)
    ran = run()
    assert (ran.code, "a file of the runner cannot be used: No such file or directory" in ran.log) == (3, True)
    assert "took for a path" not in ran.log


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt, 130), (OSError, 3), (RuntimeError, 3)])
def test_what_stops_its_last_words_ends_the_step_without_a_traceback(
    error: type[BaseException], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> int:
        raise error(KEY)

    monkeypatch.setattr(step, "give_up", stopped)
    monkeypatch.setattr(step, "run", stopped)
    assert step.main() == code


def test_the_usual_environment_of_other_steps_asks_for_no_check(run: Any) -> None:
    assert run(env={"OPENROUTER_API_KEY": KEY}).report["keys"] == []
