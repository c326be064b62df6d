"""Keys one reversible step away from the bytes: each in several notations, and beside them what is no key."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from openrouter_preflight.detect.classify import MatchKind
from openrouter_preflight.detect.detector import examine
from openrouter_preflight.detect.prefilter import may_hold_key
from openrouter_preflight.keys.api_key import ApiKey
from support.one_step import CASES, QUOTED_BODY, hexdump, listed, xxd
from support.planted import BODY, HALF, KEY, OTHER_BODY, PREFIX, REST, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

NOT_JOINED = {
    "a list": f'["sk-or-v1", {QUOTED_BODY}]',
    "a list of four": f'["sk", "or", "v1", {QUOTED_BODY}]',
    "a list of prefixes above a checksum": f'PREFIXES = [\n  "sk-or-v1",\n]\nSHA256 = {QUOTED_BODY}',
    "a row": f"sk-or-v1,{BODY}",
    "a quoted row": f'"sk-or-v1",{QUOTED_BODY}',
    "a mapping": f'{{"sk-or-v1": {QUOTED_BODY}}}',
    "two arguments": f'check("sk-or-v1", {QUOTED_BODY})',
    "a path": f'os.path.join("sk-or-v1", {QUOTED_BODY})',
    "a path, and a range behind it": f'os.path.join("sk-or-v1", {QUOTED_BODY}); range = "-"',
    "joined by another sign": f'["sk", "or", "v1", {QUOTED_BODY}].join("_")',
    "63 digits": f'["sk", "or", "v1", "{BODY[:-1]}"].join("-")',
    "languages": json.dumps({"sk": "Slovak", "or": "Oriya", "v1": BODY}),
}

NO_CODES = {
    "numbers": listed("{}", ", ", [115, 107, 45, 111, 114, 45, 118, 49, *range(60, 130)]),
    "a prefix alone": listed("{}", ", ", PREFIX.encode()),
    "a placeholder": listed("{}", ", ", f"{PREFIX}YOUR-KEY".encode()),
    "a digest": listed("{}", ", ", BODY.encode()),
    "hex of a prefix": PREFIX.encode().hex(),
    "hex of a placeholder": f"{PREFIX}xxxxxxxxxxxxxxxxxxxxxxxxxxxxx".encode().hex(),
    "hex of a digest": BODY.encode().hex(),
    "a long number": "118" * 60 + "49",
    "coordinates": json.dumps([[118.49 + n, 49.118 - n, 45.5] for n in range(40)]),
}


@pytest.mark.parametrize("text", CASES.values(), ids=CASES)
@pytest.mark.parametrize("around", ["{}", "# text\n\n{}\n# more text\n"], ids=["alone", "in a file"])
def test_a_key_one_step_away_is_seen(text: str, around: str) -> None:
    data = around.replace("{}", text).encode()
    assert may_hold_key(data)
    keys = [match for match in examine(data).matches if match.kind is MatchKind.KEY]
    assert [match.key for match in keys] == [ApiKey(KEY)]
    assert keys[0].line >= 1 + around.split("{}", maxsplit=1)[0].count("\n")


NONE = {f"joined: {name}": text for name, text in NOT_JOINED.items()} | {
    f"codes: {name}": text for name, text in NO_CODES.items()
}


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
def test_what_only_looks_like_a_step_is_none(text: str) -> None:
    assert [match for match in examine(text.encode()).matches if match.key] == []


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "base64 of UTF-16": lambda text: base64.b64encode(text.decode().encode("utf-16-le")),
    "array": lambda text: listed("{}", ", ", text).encode(),
    "hexadecimal array": lambda text: listed("0x{:02x}", ", ", text).encode(),
}


@pytest.mark.parametrize("encode", ENCODERS.values(), ids=ENCODERS)
def test_lines_may_be_cut_anywhere(encode: Callable[[bytes], bytes]) -> None:
    for before in range(12):
        text = encode(b"x" * before + KEY.encode()).decode()
        for width in (64, 76):
            cut = wrapped(text, width) if "," not in text else "\n".join(_lines(text, width))
            assert [match.key for match in examine(cut.encode()).matches] == [ApiKey(KEY)], (before, width)


def _lines(text: str, width: int) -> Iterable[str]:
    """`text` cut behind commas."""
    line = ""
    for item in text.split(", "):
        if len(line) + len(item) > width:
            yield line.rstrip()
            line = ""
        line += item + ", "
    yield line.rstrip(", ")


def test_dumps_are_read_wherever_a_line_ends() -> None:
    for before in range(16):
        data = b"x" * before + b"\n" + KEY.encode() + b"\n"
        for dump in (xxd(data), hexdump(data)):
            assert ApiKey(KEY) in [match.key for match in examine(dump.encode()).matches], (before, dump)


def test_neighbours_are_both_seen() -> None:
    other = PREFIX + OTHER_BODY
    data = f"[{listed('{}', ', ', (KEY + other).encode())}] {(HALF + REST)[::-1]}"
    assert {match.key for match in examine(data.encode()).matches} == {ApiKey(KEY), ApiKey(other)}
