"""The service without a wire: who is answered where, and how everyone else is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from openrouter_preflight.keys import ApiKey
from openrouter_preflight.simulator.account_plan import AccountPlan, KeyPlan, open_account
from openrouter_preflight.simulator.exchange import Answer, Request
from openrouter_preflight.simulator.service import ROOT, ROUTES, Access, Service

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
ORDINARY, MANAGEMENT = ApiKey("sk-or-v1-" + "a" * 64), ApiKey("sk-or-v1-" + "b" * 64)
PLAN = AccountPlan(keys={"ordinary": KeyPlan(), "management": KeyPlan(management=True)})
ACCOUNT = open_account(PLAN, {"ordinary": ORDINARY, "management": MANAGEMENT}, Random(0), NOW)
SERVICE = Service(account=ACCOUNT)


def answer(method: str, path: str, authorization: str | None = None) -> Answer:
    return SERVICE.answer(Request(method=method, path=ROOT + path, authorization=authorization), NOW)


def error(answer: Answer) -> Any:
    assert isinstance(answer.body, dict)
    return answer.body["error"]


@pytest.mark.parametrize(
    ("authorization", "message"),
    [
        (None, "Missing Authentication header"),
        ("", "Missing Authentication header"),
        ("Bearer", "Missing Authentication header"),
        ("Bearer ", "Missing Authentication header"),
        ("Basic " + "a" * 40, "Missing Authentication header"),
        (ORDINARY.reveal(), "Missing Authentication header"),
        ("Bearer sk-proj-" + "a" * 40, "Missing Authentication header"),
        ("Bearer sk-or-v1-" + "c" * 64, "User not found."),
        ("Bearer sk-or-v1-short", "User not found."),
    ],
)
@pytest.mark.parametrize("path", [route.path for route in ROUTES if route.access is not Access.ANYONE])
def test_a_request_without_a_known_key_is_401(path: str, authorization: str | None, message: str) -> None:
    method = next(route.method for route in ROUTES if route.path == path)
    refused = answer(method, path, authorization)
    assert (refused.status, error(refused)["code"], error(refused)["message"]) == (401, 401, message)
    assert error(refused)["metadata"]["error_type"] == "authentication"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_read_in_any_case(scheme: str) -> None:
    assert answer("GET", "/key", f"{scheme} {ORDINARY.reveal()}").status == 200


@pytest.mark.parametrize("path", ["/models", "/model/openai/gpt-4.1"])
@pytest.mark.parametrize("authorization", [None, "Bearer nonsense"])
def test_models_answer_anyone_and_so_prove_nothing_of_a_key(path: str, authorization: str | None) -> None:
    assert answer("GET", path, authorization).status == 200


@pytest.mark.parametrize(
    ("method", "path"), [(route.method, route.path) for route in ROUTES if route.access is Access.MANAGEMENT]
)
def test_an_ordinary_key_is_403_where_a_management_key_belongs(method: str, path: str) -> None:
    refused = answer(method, path, f"Bearer {ORDINARY.reveal()}")
    assert (refused.status, error(refused)["message"]) == (403, "Only management keys can perform this operation")
    assert refused.account is None


@pytest.mark.parametrize("path", ["", "/", "/nowhere", "/key/", "/keys/a/b", "/model/openai", "/KEY", "/chat"])
def test_an_unknown_path_is_404(path: str) -> None:
    assert answer("GET", path, f"Bearer {MANAGEMENT.reveal()}").status == 404


def test_a_path_outside_the_api_is_404() -> None:
    assert SERVICE.answer(Request(method="GET", path="/key"), NOW).status == 404


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("POST", "/key", "GET"), ("PUT", "/keys", "GET, POST"), ("POST", "/keys/abc", "DELETE, GET, PATCH")],
)
def test_a_wrong_method_is_405_and_says_which_are_right(method: str, path: str, allowed: str) -> None:
    refused = answer(method, path)
    assert (refused.status, refused.headers["Allow"], error(refused)["code"]) == (405, allowed, 405)


def test_head_is_answered_as_get() -> None:
    assert answer("HEAD", "/key", f"Bearer {ORDINARY.reveal()}").status == 200
