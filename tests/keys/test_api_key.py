"""ApiKey: it says its label and its fingerprint, and nothing that anybody does with it shows the secret."""

from __future__ import annotations

import copy
import hashlib
import inspect
import io
import json
import logging
import pickle
import pprint
import reprlib
import traceback
from dataclasses import asdict, astuple, dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.keys import ApiKey
from support.command_line import assert_silent_about

if TYPE_CHECKING:
    from collections.abc import Callable

BODY = "0e6f44a47a05f1dad2ad7e88c4c1d6b7" * 2
SECRET = "sk-or-v1-" + BODY
LABEL = "sk-or-v1-0e6...6b7"


@pytest.fixture
def key() -> ApiKey:
    return ApiKey(SECRET)


@dataclass(frozen=True)
class Holder:
    name: str
    key: ApiKey


def _fail(key: ApiKey) -> None:
    raise ValueError(key)


def _logged(key: ApiKey) -> str:
    stream = io.StringIO()
    logger = logging.getLogger("openrouter_preflight.test")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    logger.handlers.clear()
    logger.addHandler(logging.StreamHandler(stream))
    try:
        _fail(key)
    except ValueError:
        logger.exception("%s %r", key, key)
        logger.debug("%(key)s", {"key": key})
    return stream.getvalue()


def _traced(key: ApiKey) -> str:
    try:
        _fail(key)
    except ValueError as error:
        lines = traceback.TracebackException.from_exception(error, capture_locals=True).format()
    return "".join(lines)


def _walked(key: ApiKey) -> str:
    return " ".join(repr(getattr(key, name)) for name in dir(key))


def _slots(key: ApiKey) -> str:
    return " ".join(repr(getattr(key, name)) for name in type(key).__slots__)


def _members(key: ApiKey) -> str:
    return repr(inspect.getmembers(key))


def _printed(key: ApiKey) -> str:
    stream = io.StringIO()
    print(key, [key], file=stream)
    return stream.getvalue()


WAYS_OF_SHOWING: dict[str, Callable[[ApiKey], str]] = {
    "repr": repr,
    "str": str,
    "ascii": ascii,
    "format": format,
    "format with a width": lambda key: format(key, ">80"),
    "f-string": lambda key: f"{key}",
    "f-string, debug": lambda key: f"{key=}",
    "f-string, conversion": lambda key: f"{key!r} {key!s} {key!a}",
    "percent": lambda key: "%s %r %a" % (key, key, key),  # noqa: UP031 - this is the way under test
    "str.format": "{0} {0!r}".format,
    "joined": lambda key: " ".join(map(str, [key])),
    "print": _printed,
    "in a list": lambda key: repr([key]),
    "in a dictionary": lambda key: repr({key: key}),
    "in an exception": lambda key: repr(ValueError(key)) + str(KeyError(key)),
    "in a dataclass": lambda key: repr(Holder("x", key)),
    "asdict": lambda key: repr(asdict(Holder("x", key))),
    "astuple": lambda key: repr(astuple(Holder("x", key))),
    "replace": lambda key: repr(replace(Holder("x", key), name="y")),
    "JSON with a default": lambda key: json.dumps({"key": key}, default=str),
    "pprint": pprint.pformat,
    "pprint of a dataclass": lambda key: pprint.pformat(Holder("x", key)),
    "reprlib": reprlib.repr,
    "logging": _logged,
    "a traceback with locals": _traced,
    "every attribute": _walked,
    "every slot": _slots,
    "inspect": _members,
    "copy": lambda key: repr(copy.copy(key)) + repr(copy.deepcopy([key])),
    "state": lambda key: repr(key.__getstate__()),
}


@pytest.mark.parametrize("way", WAYS_OF_SHOWING)
def test_no_way_of_showing_it_shows_the_secret(way: str, key: ApiKey) -> None:
    assert_silent_about(WAYS_OF_SHOWING[way](key).replace("reveal", ""), SECRET)


@pytest.mark.parametrize("way", ["repr", "str", "format", "f-string", "percent", "in a dataclass", "logging", "pprint"])
def test_what_it_shows_is_its_label(way: str, key: ApiKey) -> None:
    assert LABEL in WAYS_OF_SHOWING[way](key)


def test_it_is_laid_out_like_its_label(key: ApiKey) -> None:
    assert f"{key:>20}|{key:<20}|{key:.8}" == f"  {LABEL}|{LABEL}  |sk-or-v1"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("wrap", [lambda key: key, lambda key: [key], lambda key: Holder("x", key)])
def test_it_refuses_to_be_pickled(protocol: int, wrap: Callable[[ApiKey], object], key: ApiKey) -> None:
    with pytest.raises(
        TypeError, match=r"^an ApiKey is never serialized: .*the label instead(\nwhen |$)"
    ) as refusal:  # 3.14 says where
        pickle.dumps(wrap(key), protocol)
    assert_silent_about(str(refusal.value), SECRET)


@pytest.mark.parametrize("serialize", [json.dumps, bytes, vars, lambda key: key.__reduce__()])
def test_it_is_not_serialized_in_any_other_way(serialize: Callable[[Any], object], key: ApiKey) -> None:
    with pytest.raises(TypeError) as refusal:
        serialize(key)
    assert_silent_about(str(refusal.value), SECRET)


def test_only_reveal_gives_the_secret(key: ApiKey) -> None:
    assert key.reveal() == SECRET


def test_a_copy_is_the_key_itself(key: ApiKey) -> None:
    assert copy.copy(key) is key
    assert copy.deepcopy({"a": [key]})["a"][0] is key


@pytest.mark.parametrize("name", ["secret", "label", "_ApiKey__secret", "anything"])
def test_it_cannot_be_changed(name: str, key: ApiKey) -> None:
    with pytest.raises(AttributeError, match=r"^an ApiKey cannot be changed$"):
        setattr(key, name, "other")
    with pytest.raises(AttributeError, match=r"^an ApiKey cannot be changed$"):
        delattr(key, name)
    assert key.reveal() == SECRET


def test_keys_are_equal_when_their_secrets_are(key: ApiKey) -> None:
    assert key == ApiKey(SECRET)
    assert hash(key) == hash(ApiKey(SECRET))
    assert key != ApiKey(SECRET.upper())
    assert key != SECRET
    assert {key: 1}[ApiKey(SECRET)] == 1
    assert len({hash(ApiKey(SECRET + str(number))) for number in range(100)}) == 100


def test_its_fingerprint_is_its_sha256(key: ApiKey) -> None:
    assert key.fingerprint == hashlib.sha256(SECRET.encode()).hexdigest()


@pytest.mark.parametrize(
    ("secret", "label"),
    [
        (SECRET, LABEL),
        ("sk-or-v1-" + BODY.upper(), "sk-or-v1-0E6...6B7"),
        ("sk-or-v1-" + BODY[:-1], "sk-...d6b"),
        ("partner-key-of-another-shape-0123456789", "par...789"),
        ("abc" + "x" * 26 + "xyz", "abc...xyz"),
        ("abc" + "x" * 25 + "xyz", "(masked)"),
        ("short", "(masked)"),
        ("", "(masked)"),
        ("kéy-with-a-character-that-is-not-ascii", "(masked)"),
        ("a-key-with-an-escape-\x1b[31m-code-inside-it", "(masked)"),
    ],
)
def test_its_label_is_the_apis_own_and_shows_at_most_six_characters(secret: str, label: str) -> None:
    assert ApiKey(secret).label == label


@pytest.mark.parametrize(
    ("secret", "is_well_formed"),
    [
        (SECRET, True),
        ("sk-or-v1-" + BODY.upper(), True),
        (SECRET + "0", False),
        (SECRET[:-1], False),
        (SECRET[:-1] + "g", False),
        (SECRET[:-1] + "\n", False),
        (SECRET[:-1] + "٣", False),
        ("SK-OR-V1-" + BODY, False),
        ("sk-or-v2-" + BODY, False),
        (BODY, False),
        ("0" * 73, False),
        ("", False),
    ],
)
def test_only_openrouters_shape_is_well_formed(secret: str, is_well_formed: bool) -> None:
    assert ApiKey(secret).is_well_formed is is_well_formed


@pytest.mark.parametrize("stranger", sorted(set(map(chr, range(128))) - set("0123456789abcdefABCDEF")))
def test_every_other_character_makes_a_key_ill_formed(stranger: str) -> None:
    assert not ApiKey(SECRET[:-1] + stranger).is_well_formed


@given(st.text() | st.text(alphabet=st.characters(categories=["Cs", "Cc", "Co"])))
def test_any_text_can_be_held_compared_and_fingerprinted(secret: str) -> None:
    key = ApiKey(secret)
    assert key == ApiKey(secret)
    assert len(key.fingerprint) == 64
    assert key.label
    assert key.reveal() == secret
