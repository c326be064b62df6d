from __future__ import annotations

import logging
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from time import monotonic, sleep

import pytest

from openrouter_preflight.keys import ApiKey
from openrouter_preflight.simulator import KeyPlan, SettableClock, Simulator
from support.loopback_client import ask


def test_importing_it_loads_no_server_and_no_network_library() -> None:
    script = (
        "import sys, openrouter_preflight.simulator;"
        "print({'http.server', 'socketserver', 'http.client', 'httpx', 'yaml', 'ssl', 'click'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.strip() == "set()"


def test_its_keys_look_real_and_differ_in_every_run() -> None:
    first, second = Simulator(), Simulator()
    assert {"inference", "management"} <= set(first.keys)
    assert all(key.is_well_formed and key.reveal().islower() for key in first.keys.values())
    assert first.primary_key != second.primary_key


def test_a_seed_makes_the_same_keys_again() -> None:
    assert Simulator(seed=7).keys == Simulator(seed=7).keys


def test_it_tells_its_address_only_while_it_runs() -> None:
    simulator = Simulator()
    with pytest.raises(RuntimeError, match=r"before it is started"):
        _ = simulator.base_url
    with simulator:
        assert simulator.base_url.startswith("http://127.0.0.1:")
        assert simulator.base_url.endswith("/api/v1")
        with pytest.raises(RuntimeError, match=r"running already"):
            simulator.start()
        assert ask(simulator, "GET /key", simulator.primary_key).status == 200
    simulator.stop()
    with simulator:
        assert ask(simulator, "GET /key", simulator.primary_key).status == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "example.org"])
def test_it_binds_to_loopback_only_unless_told_otherwise(host: str) -> None:
    with pytest.raises(ValueError, match=r"loopback|not an IP address"):
        Simulator(host=host)


def test_who_allows_it_may_bind_to_every_address() -> None:
    with Simulator(host="0.0.0.0", allow_remote=True) as simulator:
        assert ask(simulator, "GET /key", simulator.primary_key).status == 200


def test_an_unknown_scenario_is_answered_with_the_near_name() -> None:
    with pytest.raises(ValueError, match=r"did you mean low-balance"):
        Simulator("low-balnce")


def test_the_log_tells_what_was_asked_in_order_and_never_a_secret() -> None:
    with Simulator() as simulator:
        key = simulator.primary_key
        ask(simulator, "GET /key", key)
        ask(simulator, "GET /models?output_modalities=all")
        ask(simulator, "POST /keys", key, {"name": "x"})
        log = simulator.requests
    assert [(r.method, r.path, dict(r.query), r.fingerprint, r.status) for r in log] == [
        ("GET", "/api/v1/key", {}, key.fingerprint, 200),
        ("GET", "/api/v1/models", {"output_modalities": "all"}, None, 200),
        ("POST", "/api/v1/keys", {}, key.fingerprint, 403),
    ]
    assert key.reveal()[-64:] not in repr(log)


def test_it_says_nothing_on_its_own(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), Simulator("reset-connection") as simulator:
        with pytest.raises(ConnectionError):
            ask(simulator, "GET /key", simulator.primary_key)
        assert simulator.requests[0].status is None
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_every_answer_names_its_scenario() -> None:
    with Simulator("outage") as simulator:
        assert ask(simulator, "GET /key", simulator.primary_key).headers["X-Simulated"] == "outage"


def test_a_hundred_keys_are_answered_at_once() -> None:
    with Simulator(latency=0.05) as simulator:
        keys = [simulator.add_key(f"key-{number}") for number in range(100)]
        begin = monotonic()
        with ThreadPoolExecutor(100) as pool:
            replies = list(pool.map(lambda key: ask(simulator, "GET /key", key), keys))
        elapsed = monotonic() - begin
        assert [reply.data["label"] for reply in replies] == [key.label for key in keys]
        assert max(record.in_flight for record in simulator.requests) > 10
        assert elapsed < 2.5


def test_charges_made_at_once_are_all_counted() -> None:
    body = {"model": "openai/gpt-4.1", "messages": [{"role": "user", "content": "x"}], "max_tokens": 1}
    with Simulator() as simulator:
        before = simulator.account
        with ThreadPoolExecutor(8) as pool:
            costs = list(
                pool.map(
                    lambda _: ask(simulator, "POST /chat/completions", simulator.primary_key, body).json["usage"][
                        "cost"
                    ],
                    range(40),
                )
            )
        spent = sum(row.usd for row in simulator.account.ledger) - sum(row.usd for row in before.ledger)
    assert float(spent) == pytest.approx(sum(costs))


def test_a_key_of_another_shape_can_be_added() -> None:
    own = ApiKey("partner-" + "x" * 32)
    with Simulator() as simulator:
        assert ask(simulator, "GET /key", own).error["message"] == "Missing Authentication header"
        simulator.add_key("partner", KeyPlan(name="A partner's own"), key=own)
        assert ask(simulator, "GET /key", own).status == 200


def test_the_account_lives_by_its_clock(clock: SettableClock) -> None:
    with Simulator("budget-resets-tomorrow", clock=clock) as simulator:

        def left() -> object:
            return ask(simulator, "GET /key", simulator.primary_key).data["effective_budget"]["remaining_usd"]

        assert left() == 0.4
        clock.advance(timedelta(hours=12))
        assert left() == 10


def test_a_clock_of_another_time_zone_is_read_in_utc() -> None:
    late_in_new_york = datetime(2026, 11, 18, 20, tzinfo=timezone(timedelta(hours=-5)))
    with Simulator("budget-resets-tomorrow", clock=lambda: late_in_new_york) as simulator:
        budget = ask(simulator, "GET /key", simulator.primary_key).data["budgets"][0]
    assert (budget["spend_usd"], budget["resets_at"]) == (9.6, "2026-11-20T00:00:00Z")


def test_stopping_interrupts_slow_answers_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    with Simulator("slow") as simulator, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ask, simulator, "GET /key", simulator.primary_key)
        while not simulator.requests and not waiting.done():
            sleep(0.005)
        begin = monotonic()
        simulator.stop()
        assert waiting.result(timeout=5).status == 200
        assert monotonic() - begin < 3
    assert {thread for thread in threading.enumerate() if thread not in before} == set()
