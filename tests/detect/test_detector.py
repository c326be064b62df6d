"""What is a key, wherever it stands in a text, and what is none: positives and negatives side by side."""

from __future__ import annotations

import base64
import json
import urllib.parse
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openrouter_preflight.detect.classify import MatchKind
from openrouter_preflight.detect.detector import MatchResult, examine
from openrouter_preflight.detect.prefilter import may_hold_key
from openrouter_preflight.keys.api_key import ApiKey
from support.planted import BODY, HALF, KEY, OTHER_BODY, OTHER_KEY, PREFIX, REST, base64_of, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable

UPPER_KEY = PREFIX + BODY.upper()
BEARER = f"Authorization: Bearer {KEY}"


def kinds(result: MatchResult) -> list[MatchKind]:
    return [match.kind for match in result.matches]


KEYS_IN_ONE_LINE = {
    "alone": KEY,
    "dotenv": f"OPENROUTER_API_KEY={KEY}",
    "dotenv quoted": f'OPENROUTER_API_KEY="{KEY}"',
    "dotenv export": f"export OPENROUTER_API_KEY='{KEY}'",
    "python": f'client = OpenAI(api_key="{KEY}")',
    "javascript": f"const key = `{KEY}`;",
    "json": json.dumps({"apiKey": KEY}),
    "json in json": json.dumps({"body": json.dumps({"apiKey": KEY})}),
    "yaml": f"api_key: {KEY}",
    "toml": f'api_key = "{KEY}"',
    "ini": f"api_key={KEY}",
    "xml": f"<add key='k' value='{KEY}'/>",
    "html": f"<code>{KEY}</code>",
    "markdown": f"Use `{KEY}` for tests.",
    "curl": f'curl -H "{BEARER}" https://openrouter.ai',
    "url": f"https://x.example/?key={KEY}&a=1",
    "url userinfo": f"https://user:{KEY}@x.example/",
    "url encoded quotes": f"%22{KEY}%22",
    "form": urllib.parse.urlencode({"k": f'"{KEY}"'}),
    "json escaped quotes": f"\\u0022{KEY}\\u0022",
    "after an escaped newline": f"a\\n{KEY}\\n",
    "after an escaped tab": f"a\\t{KEY}",
    "after a colour code": f"\x1b[32m{KEY}\x1b[0m",
    "after a written colour code": f"\\x1b[32m{KEY}\\x1b[0m",
    "after letters": f"key{KEY}",
    "after a longer word": f"task-or-v1-{BODY}",
    "after digits": f"1234{KEY}",
    "after an underscore": f"_{KEY}_",
    "before a letter": f"{KEY}z",
    "before a hyphen": f"{KEY}-prod",
    "before an escaped newline": f"{KEY}\\n",
    "in a comment": f"# old key: {KEY}",
    "in a patch": f"-api_key: {KEY}",
    "in a log": f"2026-11-01T00:00:00Z ERROR 401 for {KEY}: User not found.",
    "in a file name": f"backup-{KEY}.txt",
    "in a regular expression": f"^{KEY}$",
    "among NULs": f"\0\0{KEY}\0\0",
    "before a byte of no charset": f"{KEY}\xff",
    "in angle brackets": f"<{KEY}>",
    "before the next setting, the line's end lost": f"OPENROUTER_API_KEY={KEY}ANTHROPIC_API_KEY=x",
    "before the next setting, a newline lost": f"OPENROUTER_API_KEY={KEY}debug: true",
    "before a name of hex letters": f"OPENROUTER_API_KEY={KEY}database_url=x",
    "before the next name of a string table": f"{KEY}cgocheck",
    "before one more digit": f"{KEY}a",
    "before eight more digits": f"{KEY}deadbeef",
    "upper-case digits": UPPER_KEY,
    "mixed-case digits": PREFIX + HALF.upper() + REST,
    "hex-escaped quotes": f"\\x22{KEY}\\x22",
    "HTML-escaped quotes": f"&#34;{KEY}&quot;",
    "percent-encoded hyphens": KEY.replace("-", "%2D"),
    "percent-encoded hyphens, lower case": KEY.replace("-", "%2d"),
    "hyphens percent-encoded twice": f"next=%252Flogin%253Fkey%253D{KEY.replace('-', '%252D')}",
    "JSON-escaped hyphens": KEY.replace("-", "\\u002d"),
    "JSON-escaped hyphens in JSON": json.dumps(json.dumps({"k": 0})[:-2] + KEY.replace("-", "\\u002D")),
    "hex-escaped hyphens": KEY.replace("-", "\\x2d"),
    "hex-escaped hyphens, upper case": KEY.replace("-", "\\x2D"),
    "hyphens as HTML entities": KEY.replace("-", "&#45;"),
    "hyphens as hexadecimal HTML entities": KEY.replace("-", "&#x2d;"),
    "hyphens as other HTML entities": KEY.replace("-", "&#X2D;"),
    "hyphens as padded HTML entities": KEY.replace("-", "&#045;"),
    "hyphens escaped for Markdown": KEY.replace("-", "\\-"),
    "octal hyphens": KEY.replace("-", "\\055"),
    "hyphens in braces": KEY.replace("-", "\\u{2D}"),
    "hyphens and more as HTML entities": f"&#60;{KEY.replace('-', '&#x2D;')}&#062;&#999;&#xfffd;",
    "everything but letters percent-encoded": f"%7B%22k%22%3A%22{KEY.replace('-', '%2D')}%22%7D",
    "base64": base64_of(KEY),
    "base64, second alignment": base64_of("u" + KEY),
    "base64, third alignment": base64_of("us" + KEY),
    "base64 without padding": base64_of("u" + KEY).rstrip("="),
    "base64, URL-safe": base64.urlsafe_b64encode(f"??>>~~{KEY}??>>~~".encode()).decode(),
    "base64 of a header": "Basic " + base64_of(f"user:{KEY}"),
    "base64 of JSON": base64_of(json.dumps({"OPENROUTER_API_KEY": KEY})),
    "base64 of a bearer header": base64_of(BEARER),
    "base64 in a data URL": f"data:text/plain;base64,{base64_of(BEARER)}",
    "base64 in a Kubernetes secret": f"  OPENROUTER_API_KEY: {base64_of(KEY)}",
    "base64 in JSON": json.dumps({"auth": base64_of(f"oauth2:{KEY}")}),
    "base64 after a word": f"token={base64_of(KEY)}",
    "base64 for PowerShell": "powershell -enc " + base64_of(f"$k = '{KEY}'".encode("utf-16-le")),
}

NO_KEYS = {
    "nothing": "",
    "prefix alone": PREFIX,
    "ellipsis": f"{PREFIX}…",
    "dots": f"{PREFIX}...",
    "placeholder words": f"{PREFIX}YOUR-KEY",
    "placeholder words joined": f"{PREFIX}YOUR_OPENROUTER_API_KEY_GOES_HERE_PLEASE_AND_THANKS",
    "angle brackets": f"{PREFIX}<key>",
    "crosses": PREFIX + "x" * 64,
    "capital crosses": PREFIX + "X" * 64,
    "stars": PREFIX + "*" * 64,
    "masked label": f"{PREFIX}0e6...c96",
    "masked label, four at the end": f"{PREFIX}0e6...1c96",
    "masked with stars": f"{PREFIX}0e6********c96",
    "shell variable": f"{PREFIX}${{KEY}}",
    "workflow expression": f"{PREFIX}${{{{ secrets.KEY }}}}",
    "template": f"{PREFIX}{{{{ key }}}}",
    "format": f"{PREFIX}%s",
    "regular expression": f"{PREFIX}[0-9a-f]{{64}}",
    "regular expression, any case": f"(?i)({PREFIX}[a-z0-9]{{64}})",
    "scanner's source": f're.compile(r"\\b{PREFIX}[0-9a-f]{{64}}\\b")',
    "counted placeholder": f"{PREFIX}1234567890abcdef",
    "counted placeholder, longer": f"{PREFIX}1234567890abcdef1234567890abcdef",
    "alphabet": f"{PREFIX}abcdefghijklmnopqrstuvwxyz0123456789",
    "short body": f"{PREFIX}{BODY[:12]}",
    "prose": f"keys start with {PREFIX} and then 64 hexadecimal digits of either case follow",
    "body alone": BODY,
    "list of digests": f"{BODY}  a.txt\n{OTHER_BODY}  b.txt\n",
    "digest after a placeholder": f"{PREFIX}xxxx {BODY}",
    "digest in the next column": f"{PREFIX} {BODY}",
    "another version": "sk-or-v2-" + BODY,
    "no version": "sk-or-" + BODY,
    "another vendor": "sk-" + BODY[:48],
    "another vendor's project key": "sk-proj-" + BODY,
    "another vendor's key with or": "sk-or" + BODY,
    "a third vendor": "sk-ant-api03-" + BODY,
    "underscores": "sk_or_v1_" + BODY,
    "capital prefix": PREFIX.upper() + BODY,
    "another language's list": json.dumps([PREFIX, "abc"]),
    "base64 of the prefix": base64_of(PREFIX),
    "base64 of a placeholder": base64_of(f"{PREFIX}YOUR-KEY-HERE" + "x" * 64),
    "UUID": f"{PREFIX}123e4567-e89b-12d3-a456-426614174000",
    "words of hex letters": f"{PREFIX}deadbeef",
    "repeated words": PREFIX + "deadbeef" * 5,
}

SUSPICIOUS = {
    "63 digits": KEY[:-1],
    "73 digits": KEY + "a0b1c2d3e",
    "two bodies": KEY + OTHER_BODY,
    "cut to half": PREFIX + HALF,
    "a letter that is no digit": PREFIX + HALF + "g" + REST[1:],
    "an o for a zero": PREFIX + "O" + BODY[1:],
    "one letter too many in the middle": PREFIX + HALF + "z" + REST,
    "64 digits, 8 more and another letter's": KEY + "deadbeefcz",
    "63 digits in base64": base64_of(f'key = "{KEY[:-1]}"'),
}

NOTES = {
    "zeros": (PREFIX + "0" * 64, MatchKind.LOW_VARIETY),
    "one letter": (PREFIX + "a" * 64, MatchKind.LOW_VARIETY),
    "counted": (PREFIX + "0123456789abcdef" * 4, MatchKind.LOW_VARIETY),
    "counted from one": (PREFIX + "1234567890abcdef" * 4, MatchKind.LOW_VARIETY),
    "counted down": (PREFIX + "fedcba9876543210" * 4, MatchKind.LOW_VARIETY),
    "a word repeated": (PREFIX + "deadbeef" * 8, MatchKind.LOW_VARIETY),
    "zeros in base64": (base64_of(PREFIX + "0" * 64), MatchKind.LOW_VARIETY),
    "two blocks of 32": (PREFIX + HALF * 2, MatchKind.LOW_VARIETY),
    "four blocks of 16": (PREFIX + "13579bdf02468ace" * 4, MatchKind.LOW_VARIETY),
    "blocks of 12, the last one cut": (PREFIX + ("a1b2c3d4e5f6" * 6)[:64], MatchKind.LOW_VARIETY),
    "two counters": (
        PREFIX + "0a1b2c3d4e5f60718293a4b5c6d7e8f9" * 2,
        MatchKind.LOW_VARIETY,
    ),
    "bytes counted": (PREFIX + bytes(range(32)).hex(), MatchKind.LOW_VARIETY),
    "SHA-256 of nothing": (PREFIX + sha256(b"").hexdigest(), MatchKind.LOW_VARIETY),
    "hexspeak": (PREFIX + "deadbeefcafebabefeedfacec0ffee00facadedecade1337beefdeadf00dbabe", MatchKind.LOW_VARIETY),
    "a few digits and zeros": (PREFIX + "abc1234f" + "0" * 56, MatchKind.LOW_VARIETY),
    "upper case": (PREFIX + "ABCD" * 16, MatchKind.LOW_VARIETY),
}


@pytest.mark.parametrize("text", KEYS_IN_ONE_LINE.values(), ids=KEYS_IN_ONE_LINE)
def test_a_key_is_seen_once_in_any_line(text: str) -> None:
    data = text.encode("latin-1")
    (match,) = examine(data).matches
    assert match.kind is MatchKind.KEY
    assert match.key is not None
    assert match.key.reveal().lower() == KEY
    assert (match.line, match.column) == (1, match.offset + 1)
    assert may_hold_key(data)


@pytest.mark.parametrize("text", NO_KEYS.values(), ids=NO_KEYS)
def test_what_is_no_key_is_nothing(text: str) -> None:
    assert examine(text.encode()) == MatchResult()


@pytest.mark.parametrize("text", SUSPICIOUS.values(), ids=SUSPICIOUS)
def test_a_damaged_key_is_suspicious_and_holds_no_secret(text: str) -> None:
    (match,) = examine(text.encode()).matches
    assert match.kind is MatchKind.SUSPICIOUS
    assert match.key is None
    assert may_hold_key(text.encode())


@pytest.mark.parametrize(("text", "kind"), NOTES.values(), ids=NOTES)
def test_a_body_that_chance_did_not_make_is_told_apart(text: str, kind: MatchKind) -> None:
    assert kinds(examine(text.encode())) == [kind]


def test_a_published_example_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    published = PREFIX + "".join(reversed(OTHER_BODY))
    fingerprint = ApiKey(published).fingerprint
    monkeypatch.setattr("openrouter_preflight.detect.classify.EXAMPLE_FINGERPRINTS", frozenset({fingerprint}))
    assert kinds(examine(f"{published} {OTHER_KEY}".encode())) == [MatchKind.EXAMPLE, MatchKind.KEY]


def test_digits_keep_their_case() -> None:
    (match,) = examine(UPPER_KEY.encode()).matches
    assert match.key == ApiKey(UPPER_KEY)
    assert match.key != ApiKey(KEY)


def test_every_place_of_a_key_is_its_own_sighting() -> None:
    matches = examine(f"{KEY}\n{OTHER_KEY}{KEY}\n{base64_of(KEY)}\n".encode()).matches
    assert [(match.line, match.column) for match in matches] == [(1, 1), (2, 1), (2, 74), (3, 1)]


@pytest.mark.parametrize("separator", ["", ",", "\n", " "])
def test_neighbours_in_base64_are_both_seen(separator: str) -> None:
    matches = examine(base64_of(f"x{KEY}{separator}{OTHER_KEY}").encode()).matches
    assert [match.key for match in matches] == [ApiKey(KEY), ApiKey(OTHER_KEY)]


ENCODERS: dict[str, Callable[[str], bytes]] = {
    "plain": lambda text: text.encode(),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "utf-32-le": lambda text: text.encode("utf-32-le"),
    "base64": lambda text: base64_of(text).encode(),
    "wrapped base64": lambda text: wrapped(base64_of(text), 64).encode(),
    "base64 in a shell's lines": lambda text: wrapped(base64_of(text), 64, "\\\n").encode(),
    "base64 in a list of literals": lambda text: ("['" + wrapped(base64_of(text), 60, "' +\n  '") + "']").encode(),
    "base64 in a Mac's old lines": lambda text: wrapped(base64_of(text), 76, "\r").encode(),
    "base64 of UTF-16": lambda text: base64_of(text.encode("utf-16-le")).encode(),
    "UTF-16 of base64": lambda text: base64_of(text).encode("utf-16-le"),
    "base64 in a YAML block": lambda text: ("k: |\n    " + wrapped(base64_of(text), 76, "\n    ")).encode(),
}
PADDING = st.text(st.sampled_from("ab \n=:\"'é€/"), max_size=80)


@given(
    body=st.text("0123456789abcdef", min_size=64, max_size=64).filter(lambda body: len(set(body)) > 8),
    encoder=st.sampled_from(sorted(ENCODERS)),
    before=PADDING,
    after=PADDING.filter(lambda text: not text[:1].isalnum()),
)
def test_a_random_key_in_any_encoding_is_seen_once(body: str, encoder: str, before: str, after: str) -> None:
    data = ENCODERS[encoder](before + PREFIX + body + after)
    keys = [match.key for match in examine(data).matches]
    assert keys == [ApiKey(PREFIX + body)]
    assert may_hold_key(data)


@given(before=PADDING, charset=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"]))
def test_line_and_column_count_characters_of_the_decoded_text(before: str, charset: str) -> None:
    text = "# text\n" + before
    (match,) = examine((text + KEY).encode(charset)).matches
    lines = text.split("\n")
    assert (match.line, match.column) == (len(lines), len(lines[-1]) + 1)


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("first", ["\u4e0a\u6d77\u4e0a", "\u0a0a", "\U0001f511"])
def test_a_wide_text_without_a_mark_may_begin_with_any_letters(first: str, charset: str) -> None:
    (match,) = examine(f"{first}\nKEY={KEY}\n".encode(charset)).matches
    assert (match.line, match.column, match.encoding) == (2, 5, charset)


@pytest.mark.parametrize("before", [b"\n\n\0\0", b"\0\xd8\n\n"])
def test_where_bytes_come_before_wide_text_their_lines_are_counted(before: bytes) -> None:
    (match,) = examine(before + KEY.encode("utf-16-le")).matches
    assert (match.line, match.column) == (3, 3) if before.startswith(b"\n") else (3, 1)


FRAGMENTS = st.sampled_from(
    [PREFIX, "sk-", "or-", "v1-", HALF, REST, '" + "', "\\\n", "\n> ", "b3It", "%2D", "\0", "PK\x03\x04"]
)


@given(st.one_of(st.binary(max_size=600), st.lists(FRAGMENTS, max_size=40).map(lambda parts: "".join(parts).encode())))
def test_nothing_is_seen_that_the_first_look_passes_over_and_nothing_raises(data: bytes) -> None:
    result = examine(data)
    assert may_hold_key(data) or result == MatchResult()
