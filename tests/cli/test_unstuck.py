"""A person whom a hook stopped gets on: the report's last line allows the key, and `allow` takes what reports show."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest

from support.repos import KEY, OTHER_KEY, Repo, clone, fingerprint, make_key

if TYPE_CHECKING:
    from pathlib import Path

    from support.command_line import CommandLine

CONFIG = ".openrouter-preflight.yml"
PRINT, OTHER_PRINT = fingerprint(KEY), fingerprint(OTHER_KEY)
REASON = ("--reason", "a demo account")


def _last_command(text: str) -> list[str]:
    """The command in the report's last line."""
    last = text.splitlines()[-1]
    assert last.startswith("To allow"), last
    return shlex.split(last[last.index("openrouter-preflight") :])[1:]


@pytest.mark.parametrize(
    "arguments", [("scan", "--staged"), ("scan", "--message", "a.env"), ("scan", "--staged", "--quiet")]
)
def test_the_last_line_is_the_command_that_allows_the_key(
    preflight: CommandLine, here: Repo, arguments: tuple[str, ...]
) -> None:
    here.stage("a.env", KEY)
    stopped = preflight(*arguments, secrets=(KEY,))
    assert stopped.code == 1
    command = _last_command(stopped.out)
    assert command == ["allow", PRINT, "--reason", "WHY"]
    assert preflight(*command).code == 0
    here.git("add", CONFIG)
    assert preflight(*arguments).code == 0


def test_the_command_allows_all_keys_that_stopped_the_commit(preflight: CommandLine, here: Repo) -> None:
    here.stage("a.env", f"{KEY}\n{OTHER_KEY}\n")
    stopped = preflight("scan", "--staged", secrets=(KEY, OTHER_KEY))
    assert preflight(*_last_command(stopped.out)).code == 0
    here.git("add", CONFIG)
    assert preflight("scan", "--staged").code == 0


def test_the_command_stays_on_one_line_however_many_keys_there_are(preflight: CommandLine, here: Repo) -> None:
    keys = [make_key(f"many {number}") for number in range(30)]
    here.stage("a.env", "\n".join(keys))
    last = preflight("scan", "--staged", secrets=tuple(keys[:3])).out.splitlines()[-1]
    assert "--from-report" in last


def test_a_scan_of_the_history_ends_with_its_verdict(preflight: CommandLine, here: Repo) -> None:
    here.commit({"a.env": KEY})
    assert preflight("scan", "--history").out.splitlines()[-1].startswith("FAIL: ")


def test_a_ci_is_not_told_how_to_allow(preflight: CommandLine, here: Repo) -> None:
    here.stage("a.env", KEY)
    assert "To allow" not in preflight("scan", "--staged", CI="true").out


def test_several_keys_are_allowed_at_once(preflight: CommandLine, here: Repo) -> None:
    here.write("a.env", f"{KEY}\n{OTHER_KEY}\n")
    assert preflight("allow", PRINT, OTHER_PRINT, *REASON).code == 0
    assert preflight("scan").code == 0
    assert (here.path / CONFIG).read_text().count("fingerprint:") == 2


@pytest.mark.parametrize("staged", [False, True])
@pytest.mark.parametrize("shown", [PRINT[:12], PRINT[:20], PRINT[:12].upper(), f"https://openrouter.ai/keys/{PRINT}"])
def test_a_fingerprint_is_taken_as_a_report_shows_it(
    preflight: CommandLine, here: Repo, shown: str, staged: bool
) -> None:
    here.stage("a.env", f"{KEY}\n{OTHER_KEY}\n")
    if staged:
        here.write("a.env", "gone\n")
    assert preflight("allow", shown, *REASON, secrets=(KEY,)).code == 0
    assert f"fingerprint: {PRINT}\n" in (here.path / CONFIG).read_text()


@pytest.mark.parametrize("shown", [PRINT[:11], "0" * 12, "zz" * 6, f"https://evil.example/keys/{PRINT}", ""])
def test_what_names_no_key_or_may_name_another_is_refused(preflight: CommandLine, here: Repo, shown: str) -> None:
    here.write("a.env", KEY)
    assert preflight("allow", shown, *REASON, secrets=(KEY,)).code == 2
    assert not (here.path / CONFIG).exists()


def test_a_baseline_takes_over_an_old_project_in_one_step(preflight: CommandLine, here: Repo, tmp_path: Path) -> None:
    keys = [make_key(f"old {number}") for number in range(40)]
    for number, key in enumerate(keys[:4]):
        here.commit({f"{number}.env": key})
    here.commit({"rest.env": "\n".join(keys)})
    here.write(CONFIG, f"# ours\nscan:\n  allow:\n    - fingerprint: {fingerprint(keys[0])}\n      reason: known\n")
    report = tmp_path / "report.json"
    assert preflight("scan", "--history", f"--report=json={report}", secrets=tuple(keys[:3])).code == 1
    run = preflight("allow", "--from-report", str(report), "--reason", "before the hook", "--expires", "2999-12-31")
    assert run.code == 0
    assert "39 keys" in run.out
    text = (here.path / CONFIG).read_text()
    assert text.startswith("# ours\n")
    assert text.count("fingerprint:") == 40
    assert text.count("expires: 2999-12-31") == 39
    assert preflight("scan", "--history").code == 0
    assert preflight("allow", "--from-report", str(report), "--reason", "again").code == 0
    assert (here.path / CONFIG).read_text() == text


def test_a_report_without_keys_changes_nothing(preflight: CommandLine, here: Repo, tmp_path: Path) -> None:
    here.commit({"a.txt": "x"})
    report = tmp_path / "report.json"
    preflight("scan", f"--report=json={report}")
    run = preflight("allow", "--from-report", str(report), *REASON)
    assert (run.code, (here.path / CONFIG).exists()) == (0, False)
    assert "no key" in run.out


@pytest.mark.parametrize("content", ["", "{}", '{"schema": "openrouter-preflight/9"}', "[1]"])
def test_a_file_that_is_no_report_is_refused(preflight: CommandLine, here: Repo, tmp_path: Path, content: str) -> None:
    (tmp_path / "report.json").write_text(content)
    assert preflight("allow", "--from-report", str(tmp_path / "report.json"), *REASON).code == 2
    assert preflight("allow", "--from-report", str(tmp_path / "none.json"), *REASON).code == 2


def test_a_key_among_fingerprints_is_told_of_and_not_shown(preflight: CommandLine, here: Repo) -> None:
    run = preflight("allow", PRINT, OTHER_KEY, *REASON, secrets=(OTHER_KEY,))
    assert run.code == 2
    assert not (here.path / CONFIG).exists()


def test_a_stopped_push_is_spoken_of_as_one(preflight: CommandLine, here: Repo, tmp_path: Path) -> None:
    here.commit({"a.txt": "x"})
    remote = clone(here, tmp_path / "remote.git", "--bare")
    here.git("remote", "add", "origin", str(remote.path))
    here.git("fetch", "--quiet", "origin")
    tip = here.commit({"a.env": KEY})
    lines = f"refs/heads/main {tip} refs/heads/main {here.git('rev-parse', 'HEAD~1')}\n"
    import io
    import sys

    run = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
        run = preflight("scan", "--push", "--", "origin", str(remote.path), secrets=(KEY,))
    assert run.code == 1
    assert "The push was stopped" in run.out
    assert "Revoke it first" not in run.out
    assert _last_command(run.out)[0] == "allow"


@pytest.mark.parametrize(
    ("arguments", "folder"),
    [
        (("scan", "."), "services/api"),
        (("scan", "a.env"), "services/api"),
        (("scan", "../api/a.env"), "services/web"),
        (("scan", "{root}/services/api/a.env"), "."),
        (("scan", "{root}/services"), "services/web"),
        (("scan",), "services/api"),
        (("scan", "--staged"), "services/api"),
        (("scan", "--staged", "a.env"), "services/api"),
        (("scan", "--history"), "services/api"),
    ],
)
def test_one_file_has_one_path_in_every_report(
    preflight: CommandLine, here: Repo, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], folder: str
) -> None:
    here.write("services/web/x.txt", "x\n")
    here.stage("services/api/a.env", KEY)
    if "--history" in arguments:
        here.commit()
    monkeypatch.chdir(here.path / folder)
    asked = tuple(argument.format(root=here.path) for argument in arguments)
    found = preflight(*asked, "--format", "json", secrets=(KEY,)).report["findings"]
    assert {each["path"] for each in found} == {"services/api/a.env"}
    sarif = json.loads(preflight(*asked, "--format", "sarif").out)
    (location,) = sarif["runs"][0]["results"][0]["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "services/api/a.env"


def test_outside_of_a_repository_paths_are_as_given(
    preflight: CommandLine, here: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.env").write_text(KEY)
    monkeypatch.chdir(tmp_path / "elsewhere")
    for given in ("a.env", str(tmp_path / "elsewhere" / "a.env")):
        found = preflight("scan", given, "--format", "json").report["findings"]
        assert [each["path"] for each in found] == [given]
    monkeypatch.chdir(here.path)
    found = preflight("scan", "../elsewhere/a.env", "--format", "json").report["findings"]
    assert [each["path"] for each in found] == ["../elsewhere/a.env"]


def test_a_suspicious_key_is_allowed_by_a_comment(preflight: CommandLine, here: Repo) -> None:
    here.write("a.env", f"{KEY[:50]}  # openrouter-preflight: allow\n")
    run = preflight("scan", "--strict", "--format", "json")
    assert (run.code, run.rules) == (0, ["allowed-key"])


@pytest.mark.parametrize(
    ("glob", "is_left_out"),
    [
        ("*.{env,txt}", True),
        ("{a,b}.env", True),
        ("{x,{a,y}}.env", True),
        ("a.{txt,}env", True),
        ("{b,c}.env", False),
        ("a.{env", False),
    ],
)
def test_braces_in_a_glob_mean_what_they_mean_elsewhere(
    preflight: CommandLine, here: Repo, glob: str, is_left_out: bool
) -> None:
    here.write("a.env", KEY)
    here.write(CONFIG, f"scan:\n  exclude: ['{glob}']\n")
    assert preflight("scan").code == (0 if is_left_out else 1)


def test_a_glob_of_too_many_alternatives_is_refused(preflight: CommandLine, here: Repo) -> None:
    here.write(CONFIG, f"scan:\n  exclude: ['{'{a,b}' * 20}']\n")
    assert preflight("scan").code == 2
