"""`check` as a whole: every scenario of the simulator, the JSON of the contract, report files, and no key anywhere."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.findings import RULES
from openrouter_preflight.reports import FORMATS
from openrouter_preflight.simulator import SCENARIOS, Simulator
from support.command_line import assert_files_silent_about, assert_silent_about
from support.hanging import ends
from support.raw_server import HEALTHY, answer, hang, raw, refusal, response, serve

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.command_line import CommandLine

IMPATIENT = ("--timeout", "1", "--deadline", "2")
PATIENT = ("slow", "sluggish", "blip", "reset-once", "rate-limited-retry-after")
BODY = "0e6f44a47a05f1dad2ad7e88c4c1d6b793be51c80f7d6a24e1950c3bd87fa6b7"
KEY = "sk-or-v1-" + BODY
OTHER = "sk-or-v1-" + BODY[::-1]


def variables(simulator: Simulator) -> dict[str, str | None]:
    management = simulator.management_key
    return {
        "OPENROUTER_API_KEY": simulator.primary_key.reveal(),
        "OPENROUTER_MANAGEMENT_KEY": management.reveal() if management else None,
        "OPENROUTER_BASE_URL": simulator.base_url,
    }


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_ends_as_its_story_says(name: str, preflight: CommandLine, tmp_path: Path) -> None:
    patience = ("--timeout", "2", "--deadline", "4") if name in PATIENT else IMPATIENT
    reports = [f"--report={each}={tmp_path / each}" for each in FORMATS]
    with Simulator(name) as simulator:
        run = preflight("check", *patience, *reports, *simulator.gates, variables=variables(simulator))
        secrets = [key.reveal() for key in simulator.keys.values()]
    assert run.code == simulator.scenario.exit_code, run.out + run.err
    notices = [line for line in run.err.splitlines() if not line.startswith("probe: ")]
    assert notices == []
    assert_files_silent_about(tmp_path, *secrets)
    assert_contract(json.loads((tmp_path / "json").read_text()), run.code)


KEY_FIELDS = {
    *("name", "source", "fingerprint", "label", "state", "kind", "spendable_usd", "binding_ceiling", "resets_at"),
    *("expires_at", "runway_days"),
}
FINDING_FIELDS = {
    *("rule", "severity", "message", "help", "key", "fingerprint", "path", "line", "column", "commit", "ref"),
}
STATES = {
    *("valid", "missing", "malformed", "rejected", "forbidden", "exhausted", "expired", "unreachable", "skipped"),
}


def assert_contract(report: Mapping[str, Any], code: int) -> None:
    assert report["schema"] == "openrouter-preflight/1"
    assert (report["command"], report["exit_code"]) == ("check", code)
    assert report["verdict"] == {0: "pass", 1: "fail", 3: "incomplete"}[code]
    for key in report["keys"]:
        assert key.keys() >= KEY_FIELDS
        assert key["state"] in STATES
        assert key["kind"] in {"inference", "management", "unknown"}
        assert key["spendable_usd"] is None or Decimal(key["spendable_usd"]).is_finite()
        assert all(key[name] is None or key[name].endswith("Z") for name in ("resets_at", "expires_at"))
    for finding in report["findings"]:
        assert finding.keys() >= FINDING_FIELDS
        assert finding["rule"] in RULES
        assert finding["message"]
        assert finding["help"]


def test_the_report_of_a_healthy_key(preflight: CommandLine) -> None:
    with serve(answer(200, HEALTHY)) as server:
        report = preflight.json("--base-url", server.base_url, variables={"OPENROUTER_API_KEY": KEY}).report
    assert report["simulated"] is False
    (key,) = report["keys"]
    assert key["fingerprint"] == hashlib.sha256(KEY.encode()).hexdigest()
    assert (key["name"], key["source"], key["label"]) == ("OPENROUTER_API_KEY", "env", "sk-or-v1-0e6...6b7")
    assert (key["state"], key["kind"], key["spendable_usd"]) == ("valid", "inference", "74.5")
    assert (key["binding_ceiling"], key["expires_at"], key["runway_days"]) == ("key_limit", None, None)
    assert len(server.seen) == 1


@pytest.mark.parametrize("name", ["healthy", "low-balance", "revoked"])
def test_a_simulated_check_says_so_and_asks_nobody_else(name: str, preflight: CommandLine) -> None:
    real = {"OPENROUTER_API_KEY": KEY, "OPENROUTER_BASE_URL": "https://openrouter.invalid/api/v1"}
    run = preflight.json("--simulate", name, "--deadline", "2", variables=real)
    assert run.report["simulated"] is True
    assert run.report["keys"][0]["fingerprint"] != hashlib.sha256(KEY.encode()).hexdigest()
    assert "SIMULATED" in preflight("check", "--simulate", name, "--deadline", "2").out


@pytest.mark.parametrize(
    ("suffix", "path"),
    [
        ("/api/v1", "/api/v1/key"),
        ("/api/v1/", "/api/v1/key"),
        ("/api/v1///", "/api/v1/key"),
        ("", "/key"),
        ("/", "/key"),
    ],
)
def test_a_base_url_is_taken_as_it_is_but_for_trailing_slashes(suffix: str, path: str, preflight: CommandLine) -> None:
    with serve(answer(200, HEALTHY)) as server:
        run = preflight.json("--base-url", server.address + suffix, variables={"OPENROUTER_API_KEY": KEY})
    assert [seen.path for seen in server.seen] == [path]
    assert run.code == 0


def test_an_ipv6_loopback_is_a_base_url(preflight: CommandLine) -> None:
    with serve(answer(200, HEALTHY), host="::1") as server:
        assert preflight.json("--base-url", server.base_url, variables={"OPENROUTER_API_KEY": KEY}).code == 0


def test_proxies_are_not_asked_for_what_is_on_this_machine(preflight: CommandLine) -> None:
    with serve(answer(502, b"")) as proxy, serve(answer(200, HEALTHY)) as server:
        proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"), proxy.address)
        run = preflight.json("--base-url", server.base_url, variables={"OPENROUTER_API_KEY": KEY, **proxies})
    assert (run.code, proxy.seen) == (0, [])


def test_a_redirect_to_another_host_does_not_carry_the_key_there(preflight: CommandLine) -> None:
    with serve(answer(200, HEALTHY)) as thief, serve(answer(307, b"", Location=f"{thief.base_url}/key")) as server:
        run = preflight.json("--base-url", server.base_url, variables={"OPENROUTER_API_KEY": KEY})
    assert (run.code, run.rules, thief.seen) == (3, ["base-url-wrong"], [])


ECHO = {
    "label": f"\x1b[31m{KEY}\n::error::{KEY}",
    "limit": 5,
    "limit_remaining": 1,
    "limit_reset": f"{BODY}::error::",
    "creator_user_id": KEY,
    "budgets": [{"scope": BODY, "remaining_usd": 1}, {"scope": f"##[error]{KEY}", "remaining_usd": 0.5}],
    "expires_at": KEY,
    "is_management_key": KEY,
    "allowed_data_regions": [KEY],
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, {"data": ECHO}),
        (401, refusal(401, f"User {KEY} not found.", error_type=BODY)),
        (402, refusal(402, KEY, limit_source=BODY)),
        (403, refusal(403, f"Key {KEY} lacks permission", limit_source=KEY)),
        (500, {"error": {"code": 500, "message": BODY, "metadata": {"key": KEY}}}),
    ],
)
def test_an_answer_that_repeats_the_key_is_not_repeated(
    form: str, status: int, body: object, preflight: CommandLine, tmp_path: Path
) -> None:
    arguments = ("--deadline", "0.5", "--min-balance", "5", "--verbose", "--report", f"{form}={tmp_path / 'report'}")
    with serve(answer(status, body, X_Echo=KEY, Set_Cookie=f"key={KEY}")) as server:
        run = preflight("check", *arguments, "--base-url", server.base_url, variables={"OPENROUTER_API_KEY": KEY})
    assert run.code in {1, 3}
    assert "::error::" not in run.out
    assert_silent_about(run.out + run.err, KEY)
    assert_files_silent_about(tmp_path, KEY)


def test_a_dash_reads_the_key_from_standard_input(preflight: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{KEY}\n".encode())))
    with serve(answer(200, HEALTHY)) as server:
        run = preflight.json("-", "--base-url", server.base_url)
    (key,) = json.loads(run.out)["keys"]
    assert (run.code, key["name"], key["source"]) == (0, "standard input", "stdin")


def test_a_key_as_an_argument_is_told_where_it_belongs(preflight: CommandLine) -> None:
    run = preflight("check", KEY)
    assert run.code == 2
    assert "a key never stands on a command line" in run.err
    assert_silent_about(run.err, KEY)


MANAGEMENT = [
    ("", 0, []),
    ("   ", 0, []),
    ("not a key", 1, ["key-malformed"]),
    (f"{OTHER}\n", 1, ["key-whitespace"]),
    (OTHER, 0, []),
]


@pytest.mark.parametrize(("management", "code", "rules"), MANAGEMENT)
def test_the_management_key_may_be_empty_but_not_wrong(
    management: str, code: int, rules: list[str], preflight: CommandLine
) -> None:
    told = answer(200, {"data": {"total_credits": 100, "total_usage": 1}})
    with serve(answer(200, HEALTHY), by_path={"/credits": told}) as server:
        keys = {"OPENROUTER_API_KEY": KEY, "OPENROUTER_MANAGEMENT_KEY": management}
        run = preflight.json("--base-url", server.base_url, variables=keys)
    assert (run.code, run.rules) == (code, rules)


UNLIMITED = {"data": {"label": "sk-or-v1-0e6...6b7", "limit": None, "limit_remaining": None}}
CREDITS = [
    ("zeros", answer(200, {"data": {"total_credits": 0, "total_usage": 0}}), 3),
    ("the truth", answer(200, {"data": {"total_credits": 100, "total_usage": 1}}), 0),
    ("the truth: little", answer(200, {"data": {"total_credits": 100, "total_usage": 99}}), 1),
    ("403", answer(403, refusal(403, "Only management keys can perform this operation")), 3),
    ("401", answer(401, refusal(401, "User not found.")), 3),
    ("500", answer(500, b""), 3),
    ("a page", answer(200, b"<html></html>"), 3),
    ("silence", hang, 3),
]


@pytest.mark.parametrize(("told", "code"), [each[1:] for each in CREDITS], ids=[each[0] for each in CREDITS])
def test_a_guess_at_the_balance_is_asked_once_and_never_speaks_against_the_key(
    told: Any, code: int, preflight: CommandLine
) -> None:
    with serve(answer(200, UNLIMITED), by_path={"/credits": told}) as server:
        arguments = ("--min-balance", "5", "--timeout", "0.5", "--deadline", "1", "--base-url", server.base_url)
        run = preflight.json(*arguments, variables={"OPENROUTER_API_KEY": KEY})
    assert run.code == code, run.out
    assert run.rules == ([] if code == 0 else ["balance-low"] if code == 1 else ["balance-unknown"])
    assert run.state == "valid"
    assert [seen.path for seen in server.seen] == ["/api/v1/key", "/api/v1/credits"]


SERVER_SAYS = [
    ([401, 401, 200], 0, "valid"),
    ([401, 500, 401, 401, 401], 3, "unreachable"),
    ([401, 401, 401], 1, "rejected"),
    ([500, 502, 200], 0, "valid"),
    ([429, 200], 0, "valid"),
]


@pytest.mark.parametrize(("statuses", "code", "state"), SERVER_SAYS)
def test_answers_that_change(statuses: list[int], code: int, state: str, preflight: CommandLine) -> None:
    bodies = {each: HEALTHY if each == 200 else refusal(each, "User not found.") for each in statuses}
    with serve(*(answer(each, bodies[each]) for each in statuses)) as server:
        run = preflight.json("--deadline", "9", "--base-url", server.base_url, variables={"OPENROUTER_API_KEY": KEY})
    assert (run.code, run.state) == (code, state)
    assert len(server.seen) == len(statuses)


def test_several_names_of_one_key_cost_one_request(preflight: CommandLine) -> None:
    names = {f"KEY_{number}": KEY for number in range(5)}
    arguments = [word for name in names for word in ("--key-env", name)]
    with serve(answer(200, HEALTHY)) as server:
        run = preflight.json(*arguments, "--base-url", server.base_url, variables=names)
    assert (run.code, len(run.report["keys"]), len(server.seen)) == (0, 5, 1)


def test_a_hundred_keys_are_asked_about_concurrently(preflight: CommandLine) -> None:
    with Simulator(latency=0.05) as simulator:
        names = {f"KEY_{number}": simulator.add_key(f"key-{number}").reveal() for number in range(100)}
        arguments = [word for name in names for word in ("--key-env", name)]
        run = preflight.json(*arguments, "--base-url", simulator.base_url, variables=names)
        assert len({record.fingerprint for record in simulator.requests}) == len(simulator.requests) == 100
    assert run.code == 0


def test_one_bad_key_does_not_hide_the_others(preflight: CommandLine) -> None:
    keys = {"GOOD": KEY, "SHORT": KEY[:30], "FOREIGN": "sk-ant-api03-" + BODY, "EMPTY": ""}
    arguments = [word for name in keys for word in ("--key-env", name)]
    with serve(answer(200, HEALTHY)) as server:
        run = preflight.json(*arguments, "--base-url", server.base_url, variables=keys)
    states = {key["name"]: key["state"] for key in run.report["keys"]}
    assert states == {"GOOD": "valid", "SHORT": "malformed", "FOREIGN": "malformed", "EMPTY": "missing"}
    assert (run.code, len(server.seen)) == (1, 1)


@pytest.mark.parametrize("wrong", ["", "sk-ant-api03-" + BODY, "${{ secrets.X }}", "sk-or-v1-xxx", f"{KEY} {OTHER}"])
def test_nothing_that_is_no_key_is_sent_anywhere(wrong: str, preflight: CommandLine) -> None:
    with serve(answer(200, HEALTHY)) as server:
        run = preflight.json("--base-url", server.base_url, variables={"OPENROUTER_API_KEY": wrong})
    assert (run.code, server.seen) == (1, [])
    assert_silent_about(run.out + run.err, KEY, OTHER)


def test_a_partners_key_is_asked_about_where_that_is_allowed(preflight: CommandLine) -> None:
    partner = "partner-" + BODY
    with serve(answer(200, HEALTHY)) as server:
        refused = preflight.json("--base-url", server.base_url, variables={"OPENROUTER_API_KEY": partner})
        allowed = preflight.json("--allow-any-shape", "--base-url", server.base_url)
    assert (refused.code, refused.rules, refused.state) == (1, ["key-malformed"], "malformed")
    assert (allowed.code, allowed.rules, allowed.state) == (0, ["key-malformed"], "valid")
    assert [seen.header("Authorization") for seen in server.seen] == [f"Bearer {partner}"]


def test_a_report_is_written_whole_or_not_at_all(preflight: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text("old")
    arguments = ("--simulate", "healthy", "--report", f"json={tmp_path / 'old.json'}")
    run = preflight("check", *arguments, "--report", f"json={tmp_path / 'missing' / 'x.json'}")
    assert (run.code, run.out) == (2, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old.json"]


def test_a_total_outage_ends_within_its_deadline(preflight: CommandLine) -> None:
    with ends(), serve(raw(response(503, b""))) as server:
        run = preflight.json("--deadline", "2", "--base-url", server.base_url, variables={"OPENROUTER_API_KEY": KEY})
    assert (run.code, run.rules) == (3, ["service-unreachable"])


@pytest.mark.parametrize(("policy", "code"), [("fail", 3), ("warn", 0)])
def test_an_outage_may_be_allowed(policy: str, code: int, preflight: CommandLine) -> None:
    with serve(answer(503, b"")) as server:
        arguments = ("--on-unreachable", policy, "--deadline", "0.5", "--base-url", server.base_url)
        run = preflight.json(*arguments, variables={"OPENROUTER_API_KEY": KEY})
    assert (run.code, run.rules, run.state) == (code, ["service-unreachable"], "unreachable")
