"""`audit` from outside: the command line against an account of our own making, over real HTTP."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from support.management_server import DEFAULT, Key, ManagementServer, Seen, ago, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.command_line import CommandLine, Run

RESEARCH = "22222222-0000-4000-8000-000000000002"


@pytest.fixture
def server() -> Iterator[ManagementServer]:
    with ManagementServer() as server:
        yield server


@pytest.fixture
def audit(preflight: CommandLine, server: ManagementServer) -> Any:
    def audit(*flags: str, **variables: str) -> Run:
        return preflight("audit", "--format", "json", *flags, variables={**server.environment, **variables})

    return audit


def tidy(**changes: Any) -> Key:
    """A key of which nothing is to be said."""
    soon = datetime.now(UTC) + timedelta(days=60)
    return Key(
        **{"limit": 5.0, "limit_reset": "monthly", "expires": soon, "usage": 3.0, "usage_monthly": 3.0, **changes}
    )


def found(run: Run) -> dict[str, list[str]]:
    """The findings' messages by rule, without the note that every audit has."""
    by_rule: dict[str, list[str]] = {}
    for finding in run.report["findings"]:
        by_rule.setdefault(finding["rule"], []).append(finding["message"])
    assert by_rule.pop("keys-not-listed")
    return by_rule


def severities(run: Run) -> dict[str, str]:
    return {finding["rule"]: finding["severity"] for finding in run.report["findings"]}


def test_an_account_in_order_passes_and_the_report_says_what_is_not_listed(
    server: ManagementServer, audit: Any
) -> None:
    key = server.add(tidy(name="Deploy"))
    run = audit()
    assert (run.code, found(run)) == (0, {})
    (row,) = run.report["keys"]
    assert (row["fingerprint"], row["workspace"], row["name_at_openrouter"]) == (key.hash, "Default", "Deploy")
    assert row["usage_usd"] == {"total": "3.0", "day": "0", "week": "1.5", "month": "3.0"}
    assert run.report["account"] == {"balance_usd": "60.0", "credits_usd": "100.0", "usage_usd": "40.0"}
    note = run.report["findings"][-1]
    assert "management keys and keys made by OAuth" in note["message"]
    assert "settings/security" in note["help"]
    assert run.report["writes"] == []
    assert server.writes == []


LOOKS = [
    ({"created": ago(days=100)}, "key-too-old", ("--max-key-age", "90d")),
    ({"last_used": ago(days=100)}, "key-idle", ("--idle", "90d")),
    ({"last_used": None, "usage_monthly": 0.0}, "key-idle", ("--idle", "90d")),
    (
        {"last_used": None, "usage": 0.0, "usage_monthly": 0.0, "created": ago(days=89)},
        "key-unused",
        ("--idle", "30d"),
    ),
    ({"limit": None}, "key-has-no-limit", ("--require-limit",)),
    ({"expires": None}, "key-never-expires", ("--require-expiry",)),
    ({"expires": datetime.now(UTC) + timedelta(days=6)}, "key-expires-soon", ("--expires-within", "7d")),
    ({"limit": 5000.0}, "key-limit-loose", ("--loose-limit", "10")),
    ({"disabled": True}, "key-left-over", ()),
    ({"expires": ago(days=1)}, "key-left-over", ()),
    ({"creator": None}, "key-has-no-creator", ()),
    ({"name": " "}, "key-unnamed", ()),
]


@pytest.mark.parametrize(("changes", "rule", "flags"), LOOKS)
def test_a_look_warns_and_fails_where_it_is_required(
    changes: dict[str, Any], rule: str, flags: tuple[str, ...], server: ManagementServer, audit: Any
) -> None:
    server.add(tidy(**changes))
    if rule != "key-unused":
        usual = audit()
        assert (usual.code, list(found(usual))) == (0, [rule])
        assert severities(usual)[rule] == "warning"
        strict = audit("--strict")
        assert (strict.code, severities(strict)[rule]) == (1, "error")
    if flags:
        required = audit(*flags)
        assert (required.code, severities(required)[rule]) == (1, "error")


def test_a_recent_spend_is_a_use_where_the_latest_is_not_told(server: ManagementServer, audit: Any) -> None:
    server.add(tidy(last_used=None))
    assert found(audit()) == {}


def test_a_key_that_is_off_is_left_over_and_nothing_else_is_said_of_it(server: ManagementServer, audit: Any) -> None:
    server.add(tidy(disabled=True, created=ago(days=900), limit=None, expires=None, creator=None, name=""))
    assert list(found(audit("--require-limit", "--max-key-age", "1d"))) == ["key-left-over"]


def test_keys_of_one_name_are_told_apart(server: ManagementServer, audit: Any) -> None:
    server.workspaces[RESEARCH] = "Research"
    one, two = server.add(tidy()), server.add(tidy(workspace=RESEARCH))
    run = audit()
    (message,) = found(run)["key-name-repeated"]
    assert one.hash[:12] in message
    assert two.hash[:12] in message
    assert {row["name"] for row in run.report["keys"]} == {f"CI ({one.hash[:12]})", f"CI ({two.hash[:12]})"}


@pytest.mark.parametrize("bound", ["assigned guardrail", "default guardrail", "workspace budget"])
def test_a_guardrail_or_a_budget_bounds_a_key_without_a_limit(bound: str, server: ManagementServer, audit: Any) -> None:
    key = server.add(tidy(limit=None))
    guardrail = {"id": "guard", "name": "Guard", "limit_usd": 10, "workspace_id": DEFAULT}
    if bound == "workspace budget":
        server.budgets[DEFAULT] = [{"id": "budget", "limit_usd": 10, "reset_interval": "monthly"}]
    elif bound == "assigned guardrail":
        server.guardrails, server.assignments = [guardrail], {key.hash: "guard"}
    else:
        server.guardrails, server.default_guardrails = [guardrail], {DEFAULT: "guard"}
    assert found(audit("--require-limit")) == {}
    server.guardrails, server.budgets = [{**guardrail, "limit_usd": None}], {}
    assert list(found(audit("--require-limit"))) == ["key-has-no-limit"]


def test_where_guardrails_cannot_be_read_a_required_limit_is_undecided(server: ManagementServer, audit: Any) -> None:
    server.add(tidy(limit=None))
    server.intercept = lambda seen: refusal(400, "no") if seen.path == "/guardrails" else None
    assert (audit().code, audit("--require-limit").code) == (0, 3)
    assert list(found(audit("--require-limit"))) == ["audit-incomplete"]


def test_the_config_file_requires_and_a_flag_takes_back(
    server: ManagementServer, audit: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    server.add(tidy(limit=None, created=ago(days=10)))
    (tmp_path / ".openrouter-preflight.yml").write_text("audit:\n  require-limit: true\n  max-key-age: 9d\n")
    run = audit()
    assert (run.code, set(found(run))) == (1, {"key-has-no-limit", "key-too-old"})
    milder = audit("--no-require-limit", "--max-key-age", "30d")
    assert (milder.code, severities(milder)["key-has-no-limit"]) == (0, "warning")
    assert audit("--no-require-limit", OPENROUTER_PREFLIGHT_AUDIT_MAX_KEY_AGE="30d").code == 0


def test_rows_that_shift_between_pages_come_once_and_none_is_missed(server: ManagementServer, audit: Any) -> None:
    keys = [server.add(tidy(name=f"key {number}", created=ago(days=1, minutes=number))) for number in range(250)]

    def between(seen: Seen) -> None:
        if seen.path == "/keys":
            server.add(tidy(name=f"new {seen.query['offset']}", created=datetime.now(UTC)))

    server.after = between
    run = audit()
    rows = [row["fingerprint"] for row in run.report["keys"]]
    assert len(rows) == len(set(rows))
    assert {key.hash for key in keys} <= set(rows)
    assert (run.code, server.repeated) == (0, [])


def test_rows_that_vanish_between_pages_do_not_hide_others(server: ManagementServer, audit: Any) -> None:
    keys = [server.add(tidy(name=f"key {number}", created=ago(days=1, minutes=number))) for number in range(250)]
    newest = keys[:3]

    def between(seen: Seen) -> None:
        if seen.path == "/keys" and newest[0] in server.keys:
            for key in newest:
                server.keys.remove(key)

    server.after = between
    rows = {row["fingerprint"] for row in audit().report["keys"]}
    assert {key.hash for key in keys[3:]} <= rows


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_a_workspace_that_fails_makes_the_report_incomplete_and_never_shorter(
    status: int, server: ManagementServer, audit: Any
) -> None:
    server.workspaces[RESEARCH] = "Research"
    server.add(tidy(name="seen"))
    server.add(tidy(name="unseen", workspace=RESEARCH))

    def fail(seen: Seen) -> Any:
        is_it = seen.path == "/keys" and seen.query.get("workspace_id") == RESEARCH
        return refusal(status, "Something went wrong") if is_it else None

    server.intercept = fail
    run = audit("--deadline", "3")
    assert run.code == 3
    assert [row["name"] for row in run.report["keys"]] == ["seen"]
    (message,) = found(run)["audit-incomplete"]
    assert "Research" in message


def test_only_the_named_workspaces_are_read(server: ManagementServer, audit: Any, preflight: CommandLine) -> None:
    server.workspaces[RESEARCH] = "Research"
    server.add(tidy(name="here"))
    server.add(tidy(name="there", workspace=RESEARCH))
    assert [row["name"] for row in audit("--workspace", "research").report["keys"]] == ["there"]
    assert [row["name"] for row in audit("--workspace", RESEARCH).report["keys"]] == ["there"]
    wrong = preflight("audit", "--workspace", "nowhere", variables=server.environment)
    assert (wrong.code, "nowhere" in wrong.err) == (2, True)


def test_five_thousand_keys_in_twenty_workspaces_are_read_once_at_a_bounded_rate(
    server: ManagementServer, audit: Any
) -> None:
    for number in range(1, 20):
        server.workspaces[f"00000000-0000-4000-8000-{number:012}"] = f"Space {number}"
    for number in range(5000):
        spaces = list(server.workspaces)
        server.add(tidy(name=f"key {number}", workspace=spaces[number % 20], limit=None if number % 7 else 5.0))
    run = audit()
    assert (run.code, len(run.report["keys"]), server.repeated) == (0, 5000, [])
    times = sorted(seen.time for seen in server.seen)
    assert len(times) > 100
    assert all(later - earlier > 0.9 for earlier, later in zip(times, times[60:], strict=False))


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (refusal(401, "User not found."), 3),
        (refusal(403, "Only management keys can perform this operation"), 3),
        (refusal(500, "Internal Server Error"), 3),
        ((200, b"<html>Sign in</html>"), 3),
        ((403, b"<html>Access denied</html>"), 3),
    ],
)
def test_an_account_that_does_not_answer_is_incomplete_and_never_clean(
    what: tuple[int, Any], code: int, server: ManagementServer, audit: Any
) -> None:
    server.add(tidy())
    server.intercept = lambda _seen: what
    assert audit("--deadline", "6").code == code


def test_without_a_management_key_it_is_a_usage_error(
    server: ManagementServer, preflight: CommandLine, key_text: str
) -> None:
    missing = preflight("audit", variables={**server.environment, "OPENROUTER_MANAGEMENT_KEY": None})
    assert (missing.code, "OPENROUTER_MANAGEMENT_KEY" in missing.err) == (2, True)
    wrong = preflight("audit", "--management-key-env", "WRONG", variables={"WRONG": "nothing like a key"})
    assert wrong.code == 2
    assert server.seen == []


def test_what_changed_since_an_earlier_audit(server: ManagementServer, audit: Any, tmp_path: Path) -> None:
    kept, gone = server.add(tidy(name="kept")), server.add(tidy(name="gone"))
    before = tmp_path / "before.json"
    assert audit("--report", f"json={before}").code == 0
    server.keys.remove(gone)
    server.add(tidy(name="added"))
    kept.usage, kept.usage_monthly, kept.disabled = 4.5, 4.5, True
    server.credits = (100.0, 45.0)
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    server.activity = [
        {"date": (yesterday - timedelta(days=back)).isoformat(), "usage": 2.0 if back < 7 else 1.0}
        for back in range(14)
    ]
    said = "\n".join(found(audit("--compare", str(before)))["changed"])
    for part in (
        "added in Default is new since then",
        "gone is gone since then",
        "kept was disabled since then",
        "kept spent $1.50 since then",
        "balance was $60.00, and is $55.00",
        "$14.00 in its last 7 completed days, and $7.00",
    ):
        assert part in said


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema": "openrouter-preflight/1", "command": "check"}'])
def test_a_file_that_is_no_audits_report_is_a_usage_error(
    content: str, server: ManagementServer, audit: Any, tmp_path: Path
) -> None:
    (tmp_path / "before.json").write_text(content)
    assert audit("--compare", str(tmp_path / "before.json")).code == 2
    assert audit("--compare", str(tmp_path / "missing.json")).code == 2
    assert server.seen == []


@pytest.mark.parametrize("name", ["text", "markdown", "sarif", "junit", "github", "gitlab"])
def test_every_format_names_the_keys_and_what_is_not_listed(
    name: str, server: ManagementServer, preflight: CommandLine
) -> None:
    server.add(tidy(name="Deploy key", created=ago(days=200)))
    run = preflight("audit", "--format", name, "--strict", variables=server.environment)
    assert run.code == 1
    assert "Deploy key" in run.out
    if name != "gitlab":
        assert "OAuth" in run.out


def test_the_simulators_account_can_be_audited(preflight: CommandLine) -> None:
    run = preflight("audit", "--simulate", "neglected-keys", "--format", "json")
    assert run.code == 0
    assert run.report["simulated"]
    assert len(run.report["keys"]) == 6
    assert set(found(run)) == {
        "key-too-old",
        "key-unused",
        "key-has-no-limit",
        "key-never-expires",
        "key-expires-soon",
        "key-left-over",
        "key-has-no-creator",
        "key-name-repeated",
    }
    assert json.dumps(run.report)
