"""`scan` as people and scripts see it: modes, policies, exit codes, and what is printed where."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from support.repos import KEY, OTHER_KEY, Repo, clone, fingerprint

if TYPE_CHECKING:
    from pathlib import Path

    from support.command_line import CommandLine

CONFIG = ".openrouter-preflight.yml"
COMMENT = "openrouter-preflight: allow"


def allowing(key: str, more: str = "") -> str:
    return f"scan:\n  allow:\n    - fingerprint: {fingerprint(key)}\n      reason: a demo account\n{more}"


def test_a_clean_scan_is_one_line_that_says_what_was_scanned(preflight: CommandLine, here: Repo) -> None:
    here.commit({"a.txt": "hello\n"})
    run = preflight("scan")
    assert (run.code, run.out, run.err) == (0, "PASS: no leak found: 1 object (6 B) of the working tree.\n", "")


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (("scan",), "tree"),
        (("scan", "a.env"), "paths"),
        (("scan", "."), "paths"),
        (("scan", "--staged"), "staged"),
        (("scan", "--staged", "a.env"), "staged"),
        (("scan", "--history"), "history"),
        (("scan", "--range", "HEAD~1..HEAD"), "range"),
        (("scan", "--message", "a.env"), "message"),
    ],
)
def test_every_mode_finds_a_key_and_says_where_it_looked(
    preflight: CommandLine, here: Repo, arguments: tuple[str, ...], place: str
) -> None:
    here.commit()
    if place in {"history", "range"}:
        here.commit({"a.env": KEY})
    here.stage("a.env", f"{KEY}\n" if place != "staged" else f"x\n{KEY}")
    run = preflight(*arguments, "--format", "json", secrets=(KEY,))
    assert (run.code, run.report["scan"]["mode"]) == (1, place)
    assert {each["fingerprint"] for each in run.report["findings"]} == {fingerprint(KEY)}


def test_standard_input_is_scanned(preflight: CommandLine, here: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(KEY.encode())))
    assert preflight("scan", "--stdin", secrets=(KEY,)).code == 1


def test_a_leak_without_a_place_is_told_as_a_leak(
    preflight: CommandLine, here: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stdin() -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(f"\n x={KEY}\n".encode()))

    monkeypatch.setattr("sys.stdin", stdin())
    (finding,) = preflight("scan", "--stdin", "--format", "json").report["findings"]
    assert (finding["path"], finding["line"], finding["column"]) == (None, 2, 4)
    monkeypatch.setattr("sys.stdin", stdin())
    out = preflight("scan", "--stdin").out
    assert out.startswith("✗ Scanned")
    assert out.endswith("FAIL: 1 leak found (exit code 1).\n")
    here.git("hash-object", "-w", "--stdin", stdin=KEY.encode())
    assert preflight("scan", "--history").out.endswith("FAIL: 1 leak found (exit code 1).\n")


def test_a_push_is_told_its_remote_and_reads_the_refs_from_standard_input(
    preflight: CommandLine, here: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    oid = here.commit({"a.env": KEY})
    line = f"refs/heads/main {oid} refs/heads/main {'0' * 40}\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(line.encode())))
    run = preflight("scan", "--push", "--format", "json", "--", "origin", "https://example.org/x.git", secrets=(KEY,))
    assert (run.code, run.report["scan"]["mode"], run.rules) == (1, "push", ["committed-key"])


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (("--staged", "--history"), "exclude each other"),
        (("--history", "a.env"), "exclude each other"),
        (("--range", "HEAD"), "range of revisions"),
        (("nowhere.env",), "no file or folder"),
        (("--config", "nowhere.yml"), "cannot be read"),
        (("--shard", "1/2"), "--history"),
    ],
)
def test_what_makes_no_sense_is_a_usage_error(
    preflight: CommandLine, here: Repo, arguments: tuple[str, ...], phrase: str
) -> None:
    run = preflight("scan", *arguments)
    assert (run.code, run.out) == (2, "")
    assert phrase in run.err


@pytest.mark.parametrize("name", ["--config=a.yml", "--quiet", "-x"])
def test_a_file_that_is_named_like_an_option_is_none_where_a_hook_manager_lists_files(
    preflight: CommandLine, here: Repo, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    here.write("a.yml", "scan:\n  exclude: ['**']\n")
    here.stage(name, KEY)
    assert preflight("scan", "--staged", "--quiet", "--", name).code == 1
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert preflight("scan", "--staged", "--quiet", "--", name).code == 1
    run = preflight("scan", "--staged", name)
    assert run.code == 2
    assert name in run.err
    assert "`--`" in run.err


def test_an_allowed_key_is_a_counted_note(preflight: CommandLine, here: Repo) -> None:
    here.write(CONFIG, allowing(KEY))
    here.write("a.env", KEY)
    run = preflight("scan", secrets=(KEY,))
    assert run.code == 0
    assert "1 note not shown: allowed-key" in run.out
    assert "a demo account" in preflight("scan", "--verbose").out


def test_an_excluded_path_is_a_counted_note_from_wherever_the_scan_starts(
    preflight: CommandLine, here: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.write(CONFIG, "scan:\n  exclude: [docs/a.md]\n")
    here.write("docs/a.md", KEY)
    whole = preflight("scan", "--format", "json", secrets=(KEY,))
    monkeypatch.chdir(here.path / "docs")
    inside = preflight("scan", "a.md", "--format", "json", secrets=(KEY,))
    by_its_whole_path = preflight("scan", str(here.path / "docs" / "a.md"), "--format", "json", secrets=(KEY,))
    assert [(run.code, run.rules) for run in (whole, inside, by_its_whole_path)] == [(0, ["scan-excluded"])] * 3


def test_a_config_file_that_does_not_parse_stops_the_scan(preflight: CommandLine, here: Repo) -> None:
    here.write(CONFIG, "scan:\n  alow: []\n")
    run = preflight("scan", "--staged")
    assert (run.code, run.out) == (2, "")
    assert f"{CONFIG}:2:3: " in run.err


def test_with_a_policy_from_a_revision_what_is_scanned_cannot_permit_its_own_keys(
    preflight: CommandLine, here: Repo
) -> None:
    base = here.commit({CONFIG: allowing(KEY), "a.env": f"{KEY}\n"})
    here.commit({CONFIG: allowing(OTHER_KEY), "b.env": f"{OTHER_KEY}\n", "c.env": f"{OTHER_KEY} # {COMMENT}\n"})
    lenient = preflight("scan", "--range", f"{base}..HEAD", "--format", "json", secrets=(KEY, OTHER_KEY))
    strict = preflight(
        "scan", "--range", f"{base}..HEAD", "--policy-from", base, "--format", "json", secrets=(KEY, OTHER_KEY)
    )
    assert (lenient.code, lenient.rules) == (0, ["allowed-key", "allowed-key"])
    assert (strict.code, strict.rules) == (1, ["committed-key", "committed-key"])


def test_with_a_policy_from_a_revision_its_own_permissions_hold(preflight: CommandLine, here: Repo) -> None:
    here.commit({CONFIG: allowing(KEY), "b.env": f"{OTHER_KEY} # {COMMENT}\n"})
    base = here.git("rev-parse", "HEAD")
    here.commit({CONFIG: "", "a.env": KEY, "c.env": f"x\n{OTHER_KEY} # {COMMENT}\n"})
    run = preflight(
        "scan", "--range", f"{base}..HEAD", "--policy-from", base, "--format", "json", secrets=(KEY, OTHER_KEY)
    )
    assert (run.code, run.rules) == (0, ["allowed-key", "allowed-key"])


def test_a_policys_revision_that_is_not_there_is_neither_a_leak_nor_clean(
    preflight: CommandLine, here: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.commit({"a.env": KEY})
    here.commit({"b.txt": "1"})
    shallow = clone(here, tmp_path / "shallow", "--depth=1")
    base = here.git("rev-parse", "HEAD~1")
    monkeypatch.chdir(shallow.path)
    run = preflight("scan", "--policy-from", base, "--format", "json", secrets=(KEY,))
    assert (run.code, run.rules, run.report["scan"]["complete"]) == (3, ["scan-incomplete"], False)
    assert "git fetch --unshallow" in run.report["findings"][0]["help"]


@pytest.mark.parametrize("variable", ["OPENROUTER_API_KEY", "OPENROUTER_MANAGEMENT_KEY", "PROD_KEY"])
def test_a_committed_key_that_is_deployed_has_a_rule_of_its_own(
    preflight: CommandLine, here: Repo, variable: str
) -> None:
    here.commit({CONFIG: "keys:\n  - {name: production, env: PROD_KEY}\n", "a.env": f"{KEY}\n{OTHER_KEY}\n"})
    run = preflight("scan", "--history", "--format", "json", variables={variable: f"{KEY}\n"}, secrets=(KEY, OTHER_KEY))
    assert (run.code, sorted(run.rules)) == (1, ["committed-key", "deployed-key-committed"])
    (deployed,) = [each for each in run.report["findings"] if each["rule"] == "deployed-key-committed"]
    assert (deployed["key"], deployed["fingerprint"], deployed["severity"]) == (variable, fingerprint(KEY), "error")


def test_what_to_do_about_a_key_depends_on_how_far_it_came(preflight: CommandLine, here: Repo) -> None:
    def help_of(*arguments: str) -> str:
        (finding,) = preflight("scan", *arguments, "--format", "json", OPENROUTER_API_KEY=KEY).report["findings"]
        said = finding["help"]
        assert isinstance(said, str)
        return said

    here.write("MESSAGE", KEY)
    assert help_of("--message", "MESSAGE").startswith("Take it out of the message;")
    (here.path / "MESSAGE").unlink()
    here.stage("a.env", KEY)
    assert help_of("--staged").startswith("Take it out of the commit (`git reset -- FILE`)")
    assert "a new key must take its place" in help_of("--staged")
    here.commit()
    assert help_of("--history").startswith("Rotate it now")


def test_a_deployed_key_that_is_allowed_stays_allowed(preflight: CommandLine, here: Repo) -> None:
    here.commit({CONFIG: allowing(KEY), "a.env": KEY})
    run = preflight("scan", "--format", "json", OPENROUTER_API_KEY=KEY)
    assert (run.code, run.rules) == (0, ["allowed-key"])


def test_in_a_commit_that_does_not_bring_it_a_deployed_key_only_warns(preflight: CommandLine, here: Repo) -> None:
    here.commit({"a.env": f"{KEY}\n"})
    here.stage("a.env", f"{KEY}\nmore\n")
    run = preflight("scan", "--staged", "--format", "json", OPENROUTER_API_KEY=KEY)
    assert (run.code, [each["severity"] for each in run.report["findings"]]) == (0, ["warning"])


def test_quiet_prints_nothing_where_nothing_was_found_and_everything_where_something_was(
    preflight: CommandLine, here: Repo
) -> None:
    here.stage("a.txt", "hello")
    clean = preflight("scan", "--staged", "--quiet")
    here.stage("a.txt", KEY)
    leaky = preflight("scan", "--staged", "--quiet", secrets=(KEY,))
    assert (clean.code, clean.out, clean.err) == (0, "", "")
    assert (leaky.code, "committed-key" in leaky.out) == (1, True)


def test_a_mode_and_other_wishes_may_come_from_the_environment(preflight: CommandLine, here: Repo) -> None:
    here.stage("a.env", KEY)
    here.write("a.env", "gone from the working tree")
    run = preflight(
        "scan", OPENROUTER_PREFLIGHT_SCAN_STAGED="1", OPENROUTER_PREFLIGHT_SCAN_FORMAT="json", secrets=(KEY,)
    )
    assert (run.code, run.report["scan"]["mode"]) == (1, "staged")


def test_a_report_goes_to_a_file_as_well(preflight: CommandLine, here: Repo, tmp_path: Path) -> None:
    here.write("a.env", KEY)
    run = preflight("scan", "--report", f"json={tmp_path / 'scan.json'}", secrets=(KEY,))
    assert run.code == 1
    assert json.loads((tmp_path / "scan.json").read_text())["exit_code"] == 1


@pytest.mark.parametrize("secret", [KEY, KEY.upper().replace("SK-OR-V1-", "sk-or-v1-")])
def test_a_key_among_the_arguments_is_not_shown(preflight: CommandLine, here: Repo, secret: str) -> None:
    for arguments in ((secret,), ("--message", secret), ("--policy-from", secret), ("--range", f"{secret}..HEAD")):
        run = preflight("scan", *arguments, secrets=(secret,))
        assert run.code in {2, 3}


def test_a_leak_is_told_where_a_report_of_it_cannot_be_written(preflight: CommandLine, here: Repo) -> None:
    here.stage("a.env", "clean")
    assert preflight("scan", "--staged", "--report", "json=nowhere/a.json").code == 2
    here.stage("a.env", KEY)
    run = preflight("scan", "--staged", "--report", "json=nowhere/a.json")
    assert run.code == 1
    assert "committed-key" in run.out
    assert "nowhere/a.json" in run.err


def test_an_empty_path_is_no_folder(preflight: CommandLine, here: Repo) -> None:
    run = preflight("scan", "")
    assert (run.code, "empty path" in run.err) == (2, True)


@pytest.mark.parametrize("arguments", [("--stdin",), ("--push", "origin")])
def test_no_standard_input_is_not_an_empty_one(
    preflight: CommandLine, here: Repo, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    run = preflight("scan", *arguments)
    assert (run.code, "standard input is closed" in run.err) == (2, True)


def test_without_a_repository_the_folder_is_scanned(
    preflight: CommandLine, here: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "a.env").write_text(KEY)
    monkeypatch.chdir(tmp_path / "plain")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert preflight("scan", secrets=(KEY,)).code == 1
    assert preflight("scan", "--staged").code == 2


def test_progress_is_silent_in_a_pipe(here: Repo) -> None:
    here.commit({f"{number}.txt": str(number) for number in range(20)})
    done = subprocess.run(
        [sys.executable, "-m", "openrouter_preflight", "scan", "--history"], capture_output=True, check=True
    )
    assert done.stderr == b""


def test_a_linked_worktree_has_the_same_policy(preflight: CommandLine, tmp_path: Path, here: Repo) -> None:
    here.commit({CONFIG: allowing(KEY), "a.env": KEY})
    here.git("worktree", "add", "--quiet", str(tmp_path / "other"))
    other = Repo(tmp_path / "other")
    other.stage("b.env", KEY)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(other.path)
        run = preflight("scan", "--staged", "--format", "json", secrets=(KEY,))
    assert (run.code, run.rules) == (0, ["allowed-key"])


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_key_in_several_places_keeps_its_label_and_all_that_is_said_of_it(
    preflight: CommandLine, here: Repo, form: str
) -> None:
    """Each remark stands there once, and no place in the sentence."""
    head = {"a.env": f"{KEY}\n", "b.env": f"{KEY}\n", CONFIG: allowing(KEY, "      expires: 2020-01-01\n")}
    here.commit({**head, "c.env": f"{OTHER_KEY}\n", "d.env": f"{OTHER_KEY}\n"})
    for name in ("a.env", "b.env"):
        here.stage(name, f"{KEY}\nMORE=1\n")
    label = f"{KEY[:12]}...{KEY[-3:]}"
    said = preflight("scan", "--staged", "--format", form, secrets=(KEY,), OPENROUTER_API_KEY=KEY)
    words = " ".join(said.out.replace("\\", "").split())
    assert (
        f" OpenRouter key {label}: HEAD already has it, this commit does not bring it; its permission expired on"
        " 2020-01-01; it is the key in OPENROUTER_API_KEY, which this environment deploys with"
    ) in words
    here.write(CONFIG, allowing(KEY))
    said = preflight("scan", "a.env", "b.env", "--verbose", "--format", form, secrets=(KEY,))
    assert f"llowed key {label}: a demo account" in " ".join(said.out.replace("\\", "").split())


def test_a_key_in_a_range_may_stand_in_the_shells_history(preflight: CommandLine, here: Repo) -> None:
    run = preflight("scan", "--range", f"{KEY}..HEAD", secrets=(KEY,))
    assert run.code == 2
    assert "not a key; it may stand in the history of this shell now" in run.err
    assert "--key-env" not in run.err


def test_a_configuration_that_git_cannot_read_is_quoted_by_its_line(preflight: CommandLine, here: Repo) -> None:
    (here.path / ".git/config").write_text("[core\n")
    run = preflight("scan", "--history")
    words = " ".join(run.out.split())
    assert run.code == 3
    assert "git cannot read its configuration: fatal: bad config line 1 in file .git/config" in words
    assert "Correct the line that it names" in words
    assert "fsck" not in words
