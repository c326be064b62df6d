"""Where keys are read from: variables, files, standard input, and whatever the environment holds."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from openrouter_preflight.errors import UsageError
from openrouter_preflight.health.targets import read_management_key, read_targets
from openrouter_preflight.settings.model import CheckSettings, Gates, KeyTarget, OnMissing, Policies, SourceKind

if TYPE_CHECKING:
    from pathlib import Path

    from openrouter_preflight.health.facts import Target

KEY = "sk-or-v1-" + "0e6f44a47a05f1dad2ad7e88c4c1d6b7" * 2


def read(*targets: KeyTarget, environ: dict[str, str] | None = None, stdin: bytes = b"", **words: Any) -> list[Target]:
    return list(read_targets(CheckSettings(targets=targets, **words), environ or {}, io.BytesIO(stdin)))


def in_file(path: Path | str) -> KeyTarget:
    return KeyTarget(name=str(path), source=SourceKind.FILE, location=str(path))


STDIN = KeyTarget(name="standard input", source=SourceKind.STDIN, location="-")


@pytest.mark.parametrize(
    ("content", "around"),
    [
        (KEY, ""),
        (KEY + "\n", ""),
        (KEY + "\r\n", ""),
        (KEY + "\n\n", "ends with a newline"),
        (KEY + " \n", "ends with a space"),
        ("\ufeff" + KEY + "\n", "starts with an invisible character"),
    ],
)
def test_the_newline_that_ends_a_file_is_the_files_and_any_other_is_the_keys(
    content: str, around: str, tmp_path: Path
) -> None:
    file = tmp_path / "key"
    file.write_bytes(content.encode())
    for target in read(in_file(file), STDIN, stdin=content.encode()):
        assert target.diagnosis.around == around
        assert target.key_to_ask is not None


def test_a_variable_is_read_as_it_is() -> None:
    (target,) = read(KeyTarget(name="PROD", location="PROD_KEY"), environ={"PROD_KEY": KEY + "\n"})
    assert (target.name, target.source, target.diagnosis.around) == ("PROD", "env", "ends with a newline")


@pytest.mark.parametrize("content", [b"\xff\xfes\0k\0-\0o\0r\0", b"\x80" * 40, b"\0" * 50])
def test_bytes_that_are_no_text_are_no_key(content: bytes) -> None:
    (target,) = read(STDIN, stdin=content)
    assert target.key_to_ask is None


def test_a_file_that_is_larger_than_any_key_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * 70_000)
    for target in (in_file(tmp_path / "large"), STDIN):
        with pytest.raises(UsageError, match=r"is larger than any key \(64 KiB\)$") as refusal:
            read(target, stdin=b"x" * 70_000)
        assert refusal.value.hint == "Name a file that holds one key."


def test_64_kib_are_read_and_a_byte_more_is_too_much() -> None:
    (target,) = read(STDIN, stdin=b"x" * 65_536)
    assert target.diagnosis.message == "is no key: it holds 65536 characters"
    with pytest.raises(UsageError):
        read(STDIN, stdin=b"x" * 65_537)


def test_no_more_is_read_than_tells_that_it_is_too_much() -> None:
    endless = io.BytesIO(b"x" * 1_000_000)
    with pytest.raises(UsageError):
        read_targets(CheckSettings(targets=(STDIN,)), {}, endless)
    assert endless.tell() == 65_537


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_file_that_cannot_be_read_is_a_usage_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^the key file .* cannot be read: ") as refusal:
        read(in_file(tmp_path / name))
    assert refusal.value.hint == "Name a file that holds one key, or - for standard input."


ENVIRON = {
    "B_KEY": KEY,
    "A_KEY": f'"{KEY}"',
    "OPENROUTER_MANAGEMENT_KEY": KEY,
    "HOME": "/home/user",
    "OTHER": "sk-ant-api03-0123456789abcdef0123456789",
    "SHORT": KEY[:-1],
    "EMPTY": "",
}


def test_discovery_finds_every_key_but_the_management_key() -> None:
    assert [target.name for target in read(environ=ENVIRON, discover=True)] == ["A_KEY", "B_KEY"]


def test_discovery_does_not_repeat_a_key_that_was_named() -> None:
    target = KeyTarget(name="production", location="B_KEY")
    assert [target.name for target in read(target, environ=ENVIRON, discover=True)] == ["production", "A_KEY"]


def test_where_nothing_is_discovered_the_usual_key_is_missing() -> None:
    (target,) = read(environ={}, discover=True)
    assert (target.name, target.diagnosis.message) == ("OPENROUTER_API_KEY", "is not set")


STRICT, LENIENT = Gates(require_limit=True), Policies(on_missing=OnMissing.SKIP)


@pytest.mark.parametrize("environ", [{}, {"A_KEY": KEY}], ids=["nothing", "a key"])
def test_what_is_discovered_is_held_to_the_gates_of_all_keys(environ: dict[str, str]) -> None:
    (target,) = read(environ=environ, discover=True, default_gates=STRICT, default_policies=LENIENT)
    assert (target.gates, target.policies) == (STRICT, LENIENT)
    assert (target.key_to_ask is not None) is bool(environ)


@pytest.mark.parametrize(
    ("raw", "allowed", "is_asked"),
    [(KEY, False, True), (KEY[:-1], False, False), (KEY[:-1], True, True), ("short", True, False), ("", True, False)],
)
def test_an_odd_shape_is_asked_about_only_where_that_is_allowed(raw: str, allowed: bool, is_asked: bool) -> None:
    (target,) = read(KeyTarget(name="K", location="K"), environ={"K": raw}, allow_any_shape=allowed)
    assert (target.key_to_ask is not None) is is_asked


def test_the_management_key_may_be_missing() -> None:
    settings = CheckSettings(targets=(), management_key_env="MGMT")
    absent = read_management_key(settings, {})
    assert (absent.name, absent.key_to_ask, absent.policies.on_missing) == ("MGMT", None, OnMissing.SKIP)
    assert read_management_key(settings, {"MGMT": KEY}).key_to_ask is not None
