"""A policy permits what the config file says, for as long as it says, and hides nothing."""

from __future__ import annotations

from datetime import date

import pytest

from openrouter_preflight.findings import Finding, Severity, rule
from openrouter_preflight.scan.policy import ProjectPolicy
from openrouter_preflight.settings.model import AllowedKey, ScanPolicy
from support.repos import KEY, OTHER_KEY, Repo, fingerprint, found, rules

TODAY = date(2026, 11, 23)
YESTERDAY = date(2026, 11, 22)


def policy_with(*allow: AllowedKey, exclude: tuple[str, ...] = ()) -> ProjectPolicy:
    return ProjectPolicy(ScanPolicy(exclude=exclude, allow=allow), TODAY)


def permission(key: str = KEY, expires: date | None = None) -> AllowedKey:
    return AllowedKey(fingerprint=fingerprint(key), reason="a demo account", expires=expires)


@pytest.mark.parametrize(
    ("expires", "reason"),
    [
        (None, "a demo account"),
        (TODAY, "a demo account (until 2026-11-23)"),
        (date(2027, 1, 1), "a demo account (until 2027-01-01)"),
        (YESTERDAY, None),
    ],
)
def test_a_permission_holds_to_the_end_of_its_last_day(expires: date | None, reason: str | None) -> None:
    assert policy_with(permission(expires=expires)).allowed(fingerprint(KEY)) == reason


def test_an_allowed_key_is_a_note_that_names_the_reason_and_no_other_key_is(repo: Repo) -> None:
    repo.write("a.env", f"{KEY}\n{OTHER_KEY}\n")
    findings = repo.scan("tree", policy=policy_with(permission())).findings
    assert [(each.rule.name, each.severity, each.line) for each in findings] == [
        ("allowed-key", Severity.NOTE, 1),
        ("committed-key", Severity.ERROR, 2),
    ]
    assert "a demo account" in findings[0].message


def test_an_expired_permission_is_told_of_in_the_finding(repo: Repo) -> None:
    repo.write("a.env", KEY)
    policy = policy_with(permission(expires=YESTERDAY))
    (finding,) = policy.explain(repo.scan("tree", policy=policy).findings)
    assert (finding.rule.name, finding.severity) == ("committed-key", Severity.ERROR)
    assert finding.message.endswith(": its permission expired on 2026-11-22")


def test_an_expired_permission_changes_no_other_finding() -> None:
    note = rule("example-key")
    finding = Finding(rule=note, severity=Severity.NOTE, what="m", help="h", fingerprint=fingerprint(KEY))
    assert policy_with(permission(expires=YESTERDAY)).explain([finding]) == (finding,)


def test_what_is_excluded_is_counted(repo: Repo) -> None:
    repo.write("docs/a.md", f"{KEY}\n{OTHER_KEY}\n")
    repo.write("docs/b.md", KEY)
    policy = policy_with(exclude=("docs/**",))
    result = repo.scan("tree", policy=policy)
    (note,) = policy.explain(result.findings)
    assert (note.rule.name, note.severity) == ("scan-excluded", Severity.NOTE)
    assert note.message == "scan.exclude left out 3 things in 2 files"


def test_an_exclusion_of_nothing_is_not_mentioned(repo: Repo) -> None:
    repo.write("src/a.env", KEY)
    policy = policy_with(exclude=("docs/**",))
    assert [each.rule.name for each in policy.explain(repo.scan("tree", policy=policy).findings)] == ["committed-key"]


def test_what_could_not_be_read_and_is_excluded_is_counted_and_does_not_make_the_scan_incomplete(repo: Repo) -> None:
    repo.write("docs/large.bin", "x" * 2000)
    policy = policy_with(exclude=("docs/**",))
    bounded = repo.scan("tree", max_file_size=1000)
    result = repo.scan("tree", max_file_size=1000, policy=policy)
    assert (rules(bounded), bounded.summary.complete) == (["scan-incomplete"], False)
    assert (rules(result), result.summary.complete) == ([], True)
    assert [each.rule.name for each in policy.explain(result.findings)] == ["scan-excluded"]


def test_a_comment_beside_a_key_permits_it(repo: Repo) -> None:
    repo.write("a.env", f"{KEY}  # openrouter-preflight: allow\n{OTHER_KEY}\n")
    result = repo.scan("tree", policy=policy_with())
    assert rules(result) == ["allowed-key", "committed-key"]


def test_a_comment_permits_nothing_where_comments_do_not_count(repo: Repo) -> None:
    repo.write("a.env", f"{KEY}  # openrouter-preflight: allow\n")
    policy = ProjectPolicy(ScanPolicy(), TODAY, comment_counts=lambda _: False)
    assert found(repo.scan("tree", policy=policy)) == {("a.env", 1, "error")}


def test_paths_are_matched_as_they_are_from_the_root(repo: Repo) -> None:
    policy = ProjectPolicy(ScanPolicy(exclude=("docs/a.md",)), TODAY, from_root=lambda path: f"docs/{path}")
    assert (policy.excluded("a.md"), policy.excluded("docs/a.md")) == (True, False)
