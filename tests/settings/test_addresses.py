"""Where a key may be sent."""

from __future__ import annotations

import re

import pytest

from openrouter_preflight.settings.values.addresses import BASE_URL
from openrouter_preflight.settings.values.value_type import BadValueError


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1"),
        ("https://openrouter.ai/api/v1/", "https://openrouter.ai/api/v1"),
        ("HTTPS://EU.OpenRouter.ai/api/v1//", "https://eu.openrouter.ai/api/v1"),
        ("https://proxy.example:8443", "https://proxy.example:8443"),
        ("https://gateway.example/v1/0123456789abcdef0123456789abcdef/openrouter",) * 2,
        ("http://localhost:8080/api/v1", "http://localhost:8080/api/v1"),
        ("http://127.0.0.1:1/", "http://127.0.0.1:1"),
        ("http://127.8.9.10/x", "http://127.8.9.10/x"),
        ("http://[::1]:8080/api", "http://[::1]:8080/api"),
        ("https://[2001:db8::1]/api", "https://[2001:db8::1]/api"),
    ],
)
def test_https_and_this_machine_are_accepted(text: str, url: str) -> None:
    assert BASE_URL.parse(text) == url


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("http://openrouter.ai/api/v1", "over https only"),
        ("http://localhost.example", "over https only"),
        ("http://127.0.0.1.example", "over https only"),
        ("http://foo.localhost", "over https only"),
        ("http://127.1", "over https only"),
        ("http://2130706433", "over https only"),
        ("http://0.0.0.0", "over https only"),
        ("http://10.0.0.1", "over https only"),
        ("http://[::2]", "over https only"),
        ("https://user:pass@openrouter.ai", "must not hold a user name"),
        ("http://localhost@evil.example", "must not hold a user name"),
        ("https://openrouter.ai?x=1", "must not hold a query or a fragment"),
        ("https://openrouter.ai/api/v1?", "must not hold a query or a fragment"),
        ("https://openrouter.ai#x", "must not hold a query or a fragment"),
        ("ftp://openrouter.ai", "expected an https URL"),
        ("openrouter.ai/api/v1", "expected an https URL"),
        ("https://", "expected an https URL"),
        ("https://[::1", "expected an https URL"),
        ("https://openrouter.ai:99999", "expected an https URL"),
        ("https://open router.ai", "white space"),
        ("https://openrouter.ai\n", "white space"),
        ("https://openrouter.ai\\@evil.example", "white space or other characters"),
        ("https://\u043epenrouter.ai", "white space or other characters"),
        ("https://-.example", "expected an https URL"),
        ("https://openrouter.ai/api//v1", "its path holds an empty or unusual part"),
        ("", "not nothing"),
    ],
)
def test_anything_else_is_refused(text: str, advice: str) -> None:
    with pytest.raises(BadValueError, match=re.escape(advice)):
        BASE_URL.parse(text)


@pytest.mark.parametrize("place", ["https://openrouter.ai/{}", "https://{}.example", "https://{}@openrouter.ai"])
def test_a_key_in_a_url_is_refused_without_showing_it(place: str) -> None:
    with pytest.raises(BadValueError) as refusal:
        BASE_URL.parse(place.format("sk-or-v1-" + "0a1b" * 16))

    assert "0a1b0a1b" not in str(refusal.value)
