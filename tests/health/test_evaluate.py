"""Facts in, findings out: what each answer of the service means for a key, and what people are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.findings import Finding, KeyState, KeyStatus, Severity
from openrouter_preflight.health.rules.evaluate import evaluate_management_key, judge
from openrouter_preflight.openrouter.reply import TransportFault
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from support.health_facts import KEY, NOW, balance, facts, refused, target, told

if TYPE_CHECKING:
    from openrouter_preflight.openrouter.request import Answer

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
FIVE = Decimal(5)
WEEK = {"expires_within": timedelta(days=7)}


def judged(answer: Answer[Any] | None, *more: Any, **words: Any) -> tuple[KeyStatus, list[Finding]]:
    status, findings = judge(facts(answer, *more, **words), NOW)
    return status, list(findings)


def seen(findings: list[Finding]) -> list[tuple[str, Severity]]:
    return [(finding.rule.name, finding.severity) for finding in findings]


def in_days(days: float) -> str:
    return (NOW + timedelta(days=days)).isoformat()


def test_a_healthy_key_has_no_finding_and_says_what_it_can_spend() -> None:
    status, findings = judged(told(limit=100, limit_remaining=Decimal("74.5"), limit_reset="monthly"))
    assert findings == []
    assert (status.state, status.kind, status.binding_ceiling) == (KeyState.VALID, "inference", "key_limit")
    assert status.spendable_usd == Decimal("74.5")


def test_the_keys_row_tells_all_that_is_known_of_it() -> None:
    answer = told(
        limit=100,
        limit_remaining=40,
        limit_reset="monthly",
        expires_at="2027-01-02T03:04:05Z",
        free_model_daily_requests={"used": 1, "limit": 50, "remaining": 49},
    )
    status, _ = judged(answer, min_balance=FIVE)
    assert (status.name, status.source, status.state, status.kind) == ("K", "env", KeyState.VALID, "inference")
    assert (status.label, status.fingerprint) == ("sk-or-v1-0e6...6b7", sha256(KEY.encode()).hexdigest())
    assert status.resets_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert status.expires_at == datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert status.free_requests is not None
    assert status.free_requests.remaining == 49
    assert "balance-low" in status.judged
    assert status.runway_days is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (told(), "inference"),
        (told(is_management_key=True), "management"),
        (refused(ReplyKind.OUTAGE, 503), "unknown"),
        (None, "unknown"),
    ],
)
def test_the_kind_of_a_key_is_known_from_its_own_answer_alone(answer: Answer[Any] | None, kind: str) -> None:
    assert judged(answer)[0].kind == kind


def test_the_row_of_a_value_that_is_no_key_tells_nothing_of_it() -> None:
    status, _ = judged(None, raw="short")
    assert (status.label, status.fingerprint, status.expires_at, status.free_requests) == (None, None, None, None)


def test_a_finding_carries_the_fingerprint_of_the_key_that_was_asked_about() -> None:
    _, (finding,) = judged(refused(ReplyKind.KEY_REJECTED, 401))
    assert (finding.key, finding.fingerprint) == ("K", sha256(KEY.encode()).hexdigest())
    _, (finding,) = judged(None, raw="short")
    assert (finding.key, finding.fingerprint) == ("K", None)


FORBIDDEN, EXHAUSTED = KeyState.FORBIDDEN, KeyState.EXHAUSTED
REFUSALS = [
    (refused(ReplyKind.KEY_REJECTED, 401), "key-rejected", KeyState.REJECTED, "answered 401, 3 times"),
    (
        refused(ReplyKind.KEY_FORBIDDEN, 403),
        "key-forbidden",
        FORBIDDEN,
        "knows the key and forbids the request (HTTP 403)",
    ),
    (refused(ReplyKind.MANAGEMENT_KEY_NEEDED, 403), "key-forbidden", FORBIDDEN, "forbids the request"),
    (refused(ReplyKind.KEY_LIMIT_SPENT, 402), "credit-exhausted", EXHAUSTED, "the key's own limit is spent (HTTP 402)"),
    (
        refused(ReplyKind.KEY_LIMIT_SPENT, 403, "Key limit exceeded (total limit)"),
        "credit-exhausted",
        EXHAUSTED,
        "the key's own limit is spent, and it never resets (HTTP 403)",
    ),
    (
        refused(ReplyKind.KEY_LIMIT_SPENT, 403, "Key limit exceeded (daily limit)"),
        "credit-exhausted",
        EXHAUSTED,
        "the key's own daily limit is spent",
    ),
    (
        refused(ReplyKind.BUDGET_SPENT, 403, "x", resets_at="2026-12-01T00:00:00Z"),
        "credit-exhausted",
        EXHAUSTED,
        "is spent (it resets 2026-12-01 00:00 UTC)",
    ),
    (refused(ReplyKind.CREDIT_EXHAUSTED, 402), "credit-exhausted", EXHAUSTED, "the account is out of credit"),
    (refused(ReplyKind.UNAFFORDABLE, 402), "credit-exhausted", EXHAUSTED, "the account is out of credit"),
    (refused(ReplyKind.RATE_LIMITED, 429), "service-rate-limited", KeyState.UNREACHABLE, "slow down (HTTP 429)"),
    (
        refused(ReplyKind.OUTAGE, 503),
        "service-unreachable",
        KeyState.UNREACHABLE,
        "in trouble (HTTP 503, asked 3 times)",
    ),
    (
        refused(ReplyKind.CALLER_BLOCKED, 403),
        "caller-blocked",
        KeyState.UNREACHABLE,
        "country or address is blocked, which says nothing about the key (HTTP 403)",
    ),
    (
        refused(ReplyKind.REJECTION_UNCONFIRMED, 401),
        "service-unreachable",
        KeyState.UNREACHABLE,
        "no time to ask again",
    ),
    (
        refused(ReplyKind.NOT_FOUND, 404),
        "answer-intercepted",
        KeyState.UNREACHABLE,
        "what answered at https://openrouter.ai/api/v1 is not OpenRouter (HTTP 404)",
    ),
    (refused(ReplyKind.BAD_REQUEST, 400), "answer-intercepted", KeyState.UNREACHABLE, "is not OpenRouter"),
    *(
        (refused(ReplyKind.UNREACHABLE, fault=fault), "service-unreachable", KeyState.UNREACHABLE, fault.value)
        for fault in TransportFault
    ),
]


@pytest.mark.parametrize(("answer", "rule", "state", "words"), REFUSALS)
def test_each_refusal_has_its_rule_its_state_and_its_words(
    answer: Answer[Any], rule: str, state: KeyState, words: str
) -> None:
    status, findings = judged(answer)
    assert seen(findings) == [(rule, ERROR)]
    assert status.state is state
    assert words in findings[0].message
    assert findings[0].message.startswith("K ")


@pytest.mark.parametrize("answer", [each[0] for each in REFUSALS])
def test_only_what_decides_nothing_becomes_a_warning_when_unreachable_is_allowed(answer: Answer[Any]) -> None:
    _, (finding,) = judged(answer, on_unreachable="warn")
    assert finding.severity is (
        WARNING if finding.rule.name in ("service-unreachable", "service-rate-limited") else ERROR
    )


SHAPES = [
    (None, {}, [("key-missing", ERROR)], KeyState.MISSING),
    ("", {}, [("key-missing", ERROR)], KeyState.MISSING),
    (" \n", {"on_missing": "skip"}, [("key-missing", NOTE)], KeyState.SKIPPED),
    (None, {"on_missing": "skip"}, [("key-missing", NOTE)], KeyState.SKIPPED),
    ("your-key-here", {"on_missing": "skip"}, [("key-malformed", ERROR)], KeyState.MALFORMED),
    (KEY[:-1], {}, [("key-malformed", ERROR)], KeyState.MALFORMED),
]


@pytest.mark.parametrize(("raw", "words", "expected", "state"), SHAPES)
def test_a_value_that_is_sent_nowhere(
    raw: str | None, words: dict[str, str], expected: list[tuple[str, Severity]], state: KeyState
) -> None:
    status, findings = judged(None, raw=raw, **words)
    assert (seen(findings), status.state) == (expected, state)


def test_a_key_with_something_around_it_fails_although_the_key_is_fine() -> None:
    status, findings = judged(told(), raw=f"{KEY}\n")
    assert seen(findings) == [("key-whitespace", ERROR)]
    assert "ends with a newline" in findings[0].message
    assert findings[0].message.endswith("The key itself is fine: OpenRouter accepts it.")
    assert status.state is KeyState.MALFORMED


def test_a_key_with_something_around_it_is_called_fine_only_where_it_was_accepted() -> None:
    _, findings = judged(refused(ReplyKind.KEY_REJECTED, 401), raw=f"{KEY}\n")
    assert seen(findings) == [("key-whitespace", ERROR), ("key-rejected", ERROR)]
    assert "fine" not in findings[0].message


def test_an_odd_shape_that_may_be_asked_about_is_only_a_warning() -> None:
    status, findings = judged(told(), raw=KEY[:-1], allow_any_shape=True)
    assert seen(findings) == [("key-malformed", WARNING)]
    assert status.state is KeyState.VALID


VALIDITY = [
    ("a management key", {"is_management_key": True}, {}, [("key-is-management", ERROR)]),
    ("a management key by its old name", {"is_provisioning_key": True}, {}, [("key-is-management", ERROR)]),
    ("a spent management key", {"is_management_key": True, "limit_remaining": 0}, {}, [("key-is-management", ERROR)]),
    ("expired", {"expires_at": in_days(-1)}, {}, [("key-expired", ERROR)]),
    ("expired just now", {"expires_at": in_days(0)}, {}, [("key-expired", ERROR)]),
    (
        "expires within",
        {"expires_at": in_days(6)},
        {"expires_within": timedelta(days=7)},
        [("key-expires-soon", ERROR)],
    ),
    ("expires then", {"expires_at": in_days(7)}, WEEK, [("key-expires-soon", ERROR)]),
    ("expires later", {"expires_at": in_days(7.1)}, WEEK, []),
    ("soon, but later than asked", {"expires_at": in_days(3)}, {"expires_within": timedelta(days=1)}, []),
    (
        "expires before the money has lasted as long as asked",
        {"expires_at": in_days(20)},
        {"min_runway": timedelta(days=30), "on_unknown_balance": "ignore"},
        [("key-expires-soon", ERROR)],
    ),
    ("expires soon, unasked", {"expires_at": in_days(6)}, {}, [("key-expires-soon", WARNING)]),
    ("expires in years", {"expires_at": "9999-12-31T23:59:59Z"}, WEEK, []),
    ("no region", {"allowed_data_regions": []}, {}, [("key-region-blocked", ERROR)]),
    ("its region", {"allowed_data_regions": ["us", "global"]}, {}, []),
    ("another region", {"allowed_data_regions": ["us"]}, {}, [("key-region-blocked", ERROR)]),
    ("regions of an unknown form", {"allowed_data_regions": [{}]}, {}, []),
    ("no limit", {"limit": None}, {"require_limit": True}, [("key-has-no-limit", ERROR)]),
    ("a limit", {"limit": 5, "limit_remaining": 5}, {"require_limit": True}, []),
    ("a budget of the key", {"budgets": [{"scope": "api_key", "remaining_usd": 5}]}, {"require_limit": True}, []),
    (
        "a budget of others",
        {"budgets": [{"scope": "workspace", "remaining_usd": 5}]},
        {"require_limit": True},
        [("key-has-no-limit", ERROR)],
    ),
    ("free tier", {"is_free_tier": True}, {}, [("free-tier", WARNING)]),
]


@pytest.mark.parametrize(
    ("data", "gates", "expected"), [each[1:] for each in VALIDITY], ids=[each[0] for each in VALIDITY]
)
def test_kind_expiry_regions_limit_and_tier(
    data: dict[str, object], gates: dict[str, Any], expected: list[tuple[str, Severity]]
) -> None:
    assert seen(judged(told(**data), **gates)[1]) == expected


CAPPED = {"limit": 20, "limit_remaining": 4}
MONEY = [
    ("spent", {"limit": 20, "limit_remaining": 0}, None, {}, [("credit-exhausted", ERROR)]),
    ("overspent", {"limit": 20, "limit_remaining": -1}, None, {}, [("credit-exhausted", ERROR)]),
    ("overspent by next to nothing", {"limit_remaining": Decimal("-1e-400")}, None, {}, [("credit-exhausted", ERROR)]),
    ("low", CAPPED, None, {"min_balance": FIVE}, [("balance-low", ERROR)]),
    ("just enough", CAPPED, None, {"min_balance": Decimal(4)}, []),
    ("spent beats low", {"limit_remaining": 0}, None, {"min_balance": FIVE}, [("credit-exhausted", ERROR)]),
    ("unknown, unasked", {}, None, {}, []),
    ("unknown at no minimum", {}, None, {"min_balance": Decimal(0)}, []),
    ("unknown", {}, None, {"min_balance": FIVE}, [("balance-unknown", ERROR)]),
    ("unknown: warn", {}, None, {"min_balance": FIVE, "on_unknown_balance": "warn"}, [("balance-unknown", WARNING)]),
    ("unknown: ignore", {}, None, {"min_balance": FIVE, "on_unknown_balance": "ignore"}, []),
    ("zeros told to an ordinary key", {}, balance("0"), {"min_balance": FIVE}, [("balance-unknown", ERROR)]),
    ("the truth told to an ordinary key", {}, balance("100"), {"min_balance": FIVE}, []),
    ("little told to an ordinary key", {}, balance("100", "99"), {"min_balance": FIVE}, [("balance-low", ERROR)]),
    ("a rich account", CAPPED, balance("100"), {"certain": True, "min_balance": Decimal(3)}, []),
    ("an empty account", CAPPED, balance("0"), {"certain": True}, [("credit-exhausted", ERROR)]),
    ("debts", CAPPED, balance("10", "12"), {"certain": True}, [("credit-exhausted", ERROR)]),
    (
        "a balance that the management key was not told",
        {"limit_remaining": 9},
        refused(ReplyKind.KEY_REJECTED, 401),
        {"certain": True, "min_balance": FIVE},
        [("balance-unknown", ERROR)],
    ),
    (
        "not told, but low anyhow",
        CAPPED,
        refused(ReplyKind.OUTAGE, 503),
        {"certain": True, "min_balance": FIVE},
        [("balance-low", ERROR)],
    ),
    ("not told, and not needed", CAPPED, refused(ReplyKind.OUTAGE, 503), {"certain": True}, []),
]


@pytest.mark.parametrize(
    ("data", "account", "words", "expected"), [each[1:] for each in MONEY], ids=[each[0] for each in MONEY]
)
def test_whether_the_key_can_pay(
    data: dict[str, object], account: Any, words: dict[str, Any], expected: list[tuple[str, Severity]]
) -> None:
    assert seen(judged(told(**data), account, **words)[1]) == expected


CURES = [
    ({"limit": 20, "limit_remaining": 1}, "it never resets", "Raise the key's limit"),
    ({"limit": 20, "limit_remaining": 1, "limit_reset": "daily"}, "it resets daily (2026-11-26 00:00 UTC)", "or wait"),
    (
        {"budgets": [{"scope": "workspace", "remaining_usd": 1}]},
        "the workspace's budget has $1.00",
        "workspace's settings",
    ),
    ({"budgets": [{"scope": "new_scope", "remaining_usd": 1}]}, "the budget `new_scope`", "topping up"),
]


@pytest.mark.parametrize(("data", "words", "cure"), CURES)
def test_what_is_low_is_named_with_its_reset_and_its_cure(data: dict[str, object], words: str, cure: str) -> None:
    _, (finding,) = judged(told(**data), min_balance=FIVE)
    assert words in finding.message
    assert cure in finding.help


def test_a_best_effort_balance_says_that_it_is_one() -> None:
    _, (finding,) = judged(told(), balance("100", "99"), min_balance=FIVE)
    assert "best effort" in finding.message
    assert finding.help == "Add credit at https://openrouter.ai/settings/credits."


def test_figures_beyond_measure_are_said_without_a_crash() -> None:
    _, (finding,) = judged(told(limit=10**18, limit_remaining=Decimal("-999999999999999999.999999999")))
    assert "-$1,000,000,000,000,000,000" in finding.message


OWN = told(is_management_key=True)
MANAGEMENT = [
    (KEY, OWN, []),
    (KEY, told(is_management_key=False), [("key-forbidden", WARNING)]),
    (KEY, refused(ReplyKind.KEY_REJECTED, 401), [("key-rejected", WARNING)]),
    (KEY, refused(ReplyKind.OUTAGE, 503), [("service-unreachable", WARNING)]),
    ("not-a-key", None, [("key-malformed", ERROR)]),
    (f'"{KEY}"', OWN, [("key-whitespace", ERROR)]),
]


@pytest.mark.parametrize(("raw", "own", "expected"), MANAGEMENT)
def test_the_management_key_is_judged_too(raw: str, own: Any, expected: list[tuple[str, Severity]]) -> None:
    assert seen(list(evaluate_management_key(target(raw), facts(told(), management=own), NOW))) == expected


def test_an_ordinary_key_in_place_of_the_management_key_is_called_so() -> None:
    account = refused(ReplyKind.MANAGEMENT_KEY_NEEDED, 403)
    (finding,) = evaluate_management_key(target(KEY), facts(told(), account, management=OWN), NOW)
    assert "K is an ordinary key" in finding.message


def test_a_management_key_that_is_rejected_is_sent_to_its_own_page() -> None:
    own = refused(ReplyKind.KEY_REJECTED, 401)
    (finding,) = evaluate_management_key(target(KEY), facts(told(), management=own), NOW)
    assert "https://openrouter.ai/settings/management-keys" in finding.help
