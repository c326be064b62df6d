"""`merge` makes one verdict of many reports, and never a greener one than theirs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.reports import FORMATS
from support.repos import KEY, OTHER_KEY, Repo, fingerprint, make_repo

if TYPE_CHECKING:
    from support.command_line import CommandLine, Run

_SHARES = ("1/3", "2/3", "3/3")


class Reports:
    """Reports of real scans in one folder."""

    def __init__(self, preflight: CommandLine, repo: Repo, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._preflight = preflight
        self._monkeypatch = monkeypatch
        self.repo = repo
        self.folder = folder

    def scan(self, name: str, *arguments: str, repo: Repo | None = None) -> str:
        """Scan, and give back the path of the report."""
        path = self.folder / name
        self._monkeypatch.chdir((repo or self.repo).path)
        self._preflight("scan", "--quiet", f"--report=json={path}", *arguments)
        self._monkeypatch.chdir(self.repo.path)
        return str(path)

    def share(self, share: str) -> str:
        return self.scan(f"{share.replace('/', '-of-')}.json", "--history", "--shard", share)

    def write(self, name: str, content: object) -> str:
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    def changed(self, path: str, **fields: Any) -> str:
        """The same report with other fields."""
        return self.write("changed.json", {**json.loads(Path(path).read_text()), **fields})

    def merge(self, *arguments: str) -> Run:
        return self._preflight("merge", "--format", "json", *arguments)


@pytest.fixture
def reports(preflight: CommandLine, here: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reports:
    folder = tmp_path / "reports"
    folder.mkdir()
    here.commit({f"{number}.txt": f"text {number}\n" for number in range(9)})
    return Reports(preflight, here, folder, monkeypatch)


def test_all_shares_of_a_history_are_as_good_as_the_whole(reports: Reports) -> None:
    reports.repo.commit({"a.env": KEY, "b.env": OTHER_KEY})
    whole = json.loads((reports.folder / reports.scan("whole.json", "--history")).read_text())
    merged = reports.merge(*map(reports.share, _SHARES))
    assert merged.code == 1
    assert merged.report["command"] == "merge"
    assert merged.report["scan"] == whole["scan"]
    assert sorted(each["fingerprint"] for each in merged.report["findings"]) == sorted(
        map(fingerprint, (KEY, OTHER_KEY))
    )
    assert {each["message"] for each in merged.report["findings"]} == {each["message"] for each in whole["findings"]}


def test_all_shares_of_a_clean_history_pass(reports: Reports) -> None:
    merged = reports.merge(*map(reports.share, _SHARES))
    assert (merged.code, merged.report["findings"], merged.report["scan"]["complete"]) == (0, [], True)


def test_a_missing_share_is_incomplete_and_named(reports: Reports) -> None:
    merged = reports.merge(*map(reports.share, _SHARES[:2]))
    assert (merged.code, merged.rules) == (3, ["scan-incomplete"])
    assert "3/3" in merged.message
    assert merged.report["scan"]["complete"] is False


def test_a_leak_beats_a_missing_share(reports: Reports) -> None:
    reports.repo.commit({"a.env": KEY})
    scans = {share: reports.share(share) for share in _SHARES}
    found = [path for path in scans.values() if json.loads((reports.folder / path).read_text())["findings"]]
    merged = reports.merge(*found)
    assert merged.code == 1
    assert set(merged.rules) == {"committed-key", "scan-incomplete"}


def test_a_share_given_twice_counts_once(reports: Reports) -> None:
    shares = [*map(reports.share, _SHARES)]
    again = reports.scan("again.json", "--history", "--shard", "2/3")
    assert reports.merge(*shares, again).report["scan"] == reports.merge(*shares).report["scan"]
    assert reports.merge(*shares, again).code == 0


def test_shares_of_different_states_are_incomplete(reports: Reports) -> None:
    early = [reports.share("1/3"), reports.share("2/3")]
    reports.repo.commit({"new.txt": "new\n"})
    merged = reports.merge(*early, reports.share("3/3"))
    assert (merged.code, set(merged.rules)) == (3, {"scan-incomplete"})
    assert "different states" in merged.message


def test_a_history_given_twice_from_different_states_is_incomplete(reports: Reports) -> None:
    early = reports.scan("early.json", "--history")
    reports.repo.git("branch", "another")
    late = reports.scan("late.json", "--history")
    merged = reports.merge(early, late)
    assert merged.code == 3
    assert "different states" in merged.message


def test_the_same_path_of_two_repositories_is_two_findings(reports: Reports, tmp_path: Path) -> None:
    other = make_repo(tmp_path / "other")
    for number, repo in enumerate((reports.repo, other)):
        repo.git("remote", "add", "origin", f"https://user:secret@git.example/team/project-{number}.git")
        repo.commit({"a.env": KEY})
    merged = reports.merge(reports.scan("1.json", "--history"), reports.scan("2.json", "--history", repo=other))
    assert merged.code == 1
    assert sorted(each["repository"] for each in merged.report["findings"]) == ["team/project-0", "team/project-1"]
    assert "user" not in merged.out
    shown = reports.merge(*sorted(map(str, reports.folder.glob("?.json"))), "--format", "text").out
    assert "team/project-1: a.env:1:1" in shown


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not JSON",
        "[]",
        "null",
        '{"schema": "openrouter-preflight/1"}',
        '{"schema": "openrouter-preflight/2", "command": "scan"}',
        "[" * 100_000,
        "\x1b[31m::error::",
    ],
)
def test_a_report_that_cannot_be_used_is_incomplete_and_loses_no_other(reports: Reports, content: str) -> None:
    reports.repo.commit({"a.env": KEY})
    good, bad = reports.scan("good.json"), reports.write("bad.json", content)
    assert reports.merge(bad).code == 3
    merged = reports.merge(bad, good)
    assert merged.code == 1
    assert sorted(merged.rules) == ["committed-key", "scan-incomplete"]


def test_a_file_that_is_not_there_is_a_missing_share(reports: Reports) -> None:
    merged = reports.merge(str(reports.folder / "none.json"))
    assert (merged.code, merged.rules) == (3, ["scan-incomplete"])
    assert "none.json" in merged.message


@pytest.mark.parametrize(
    "fields",
    [
        {"findings": {}},
        {"findings": [{"rule": 7}]},
        {"findings": [{"rule": "committed-key"}]},
        {"keys": [{"name": None}]},
        {"keys": "none"},
        {"scan": []},
        {"scan": {"mode": "history", "objects": "12", "bytes": 1, "commits": 0, "complete": True}},
        {"verdict": "green"},
        {"exit_code": 7},
    ],
)
def test_a_field_of_another_kind_makes_a_report_unusable(reports: Reports, fields: dict[str, Any]) -> None:
    changed = reports.changed(reports.scan("good.json"), **fields)
    merged = reports.merge(changed)
    assert (merged.code, merged.rules) == (3, ["scan-incomplete"])


def test_the_verdict_is_never_greener_than_a_report_says(reports: Reports) -> None:
    failed = reports.changed(reports.scan("good.json"), verdict="fail", exit_code=1)
    assert reports.merge(failed).code == 3
    unsure = reports.changed(reports.scan("good.json"), verdict="incomplete", exit_code=3)
    assert reports.merge(unsure).code == 3


def test_a_rule_of_a_later_version_keeps_its_weight(reports: Reports) -> None:
    reports.repo.commit({"a.env": KEY})
    path = reports.scan("good.json")
    (found,) = json.loads((reports.folder / path).read_text())["findings"]
    later = reports.changed(path, findings=[{**found, "rule": "key-from-the-future"}])
    merged = reports.merge(later)
    assert (merged.code, merged.rules) == (1, ["key-from-the-future"])


def test_a_check_and_a_scan_make_one_outcome(reports: Reports, preflight: CommandLine) -> None:
    check = str(reports.folder / "check.json")
    preflight("check", "--simulate", "healthy", "--quiet", f"--report=json={check}")
    merged = reports.merge(check, reports.scan("scan.json"))
    assert merged.code == 0
    assert [key["name"] for key in merged.report["keys"]] == ["OPENROUTER_API_KEY"]
    assert merged.report["scan"]["mode"] == "tree"
    assert merged.report["simulated"] is True


def test_strict_makes_errors_of_what_looks_like_a_key(reports: Reports) -> None:
    reports.repo.write("a.env", KEY[:50])
    scanned = reports.scan("scan.json")
    assert [reports.merge(scanned).code, reports.merge(scanned, "--strict").code] == [0, 1]


def test_a_merged_report_can_be_merged_again(reports: Reports) -> None:
    reports.repo.commit({"a.env": KEY})
    once = str(reports.folder / "once.json")
    reports.merge(*map(reports.share, _SHARES[:2]), f"--report=json={once}")
    again = reports.merge(once)
    assert {"code": again.code, **again.report} == {
        "code": again.code,
        **json.loads((reports.folder / once).read_text()),
    }


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_tells_of_a_merged_outcome(reports: Reports, name: str) -> None:
    reports.repo.commit({"a.env": KEY})
    path = reports.scan("scan.json")
    merged = reports.merge(path, str(reports.folder / "none.json"), "--format", name)
    assert merged.code == 1
    assert "none.json" in merged.out


def test_no_report_is_a_usage_error(reports: Reports) -> None:
    assert reports.merge().code == 2
