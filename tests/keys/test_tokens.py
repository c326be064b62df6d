"""Workload-identity tokens: OpenRouter's own are told from every other JWT, and never shown."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest

from openrouter_preflight.keys.diagnosis import SecretProblem, diagnose
from openrouter_preflight.keys.tokens import read_token

SIGNATURE = "c2lnbmF0dXJl" * 7


def jwt(claims: object) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'ES256', 'typ': 'at+jwt'})}.{part(claims)}.{SIGNATURE}"


OWN = {"iss": "https://openrouter.ai", "exp": 1_800_000_000}


def test_openrouters_own_token_is_a_key_to_ask_with() -> None:
    found = diagnose(jwt(OWN))
    assert (found.fault, found.around) == (None, "")
    assert found.key is not None
    assert found.token is not None
    assert found.token.expires_at == datetime(2027, 1, 15, 8, tzinfo=UTC)
    assert SIGNATURE[:8] not in found.key.label


@pytest.mark.parametrize("wrapped", ["{}\n", " {}", '"{}"', "Bearer {}"])
def test_what_surrounds_a_token_is_told_as_for_a_key(wrapped: str) -> None:
    found = diagnose(wrapped.format(jwt(OWN)))
    assert found.token is not None
    assert found.around


@pytest.mark.parametrize("exp", [None, "soon", True, 1e300, [1]])
def test_an_expiry_that_cannot_be_read_is_not_told(exp: object) -> None:
    token = read_token(jwt(OWN | {"exp": exp}))
    assert token is not None
    assert token.expires_at is None


OTHERS = [
    jwt({"iss": "https://token.actions.githubusercontent.com", "exp": 1_800_000_000}),
    jwt({"iss": "https://openrouter.ai.example"}),
    jwt({"exp": 1_800_000_000}),
    jwt(["https://openrouter.ai"]),
    "eyJhbGciOiJFUzI1NiJ9..x",
    "eyJ.eyJ.x",
    "a.b.c",
]


@pytest.mark.parametrize("text", OTHERS)
def test_any_other_token_is_sent_nowhere(text: str) -> None:
    assert read_token(text) is None
    assert diagnose(text).fault in (SecretProblem.MALFORMED, SecretProblem.ODD_SHAPE)
