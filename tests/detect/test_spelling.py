"""Keys that source code or a mail program cut: which pieces are one key, and which are not."""

from __future__ import annotations

import json

import pytest

from openrouter_preflight.detect.classify import MatchKind
from openrouter_preflight.detect.detector import examine
from openrouter_preflight.detect.prefilter import candidate_offsets, may_hold_key
from openrouter_preflight.detect.split_keys import KeyText, end_of_key, read_all
from openrouter_preflight.keys.api_key import ApiKey
from support.planted import BODY, HALF, KEY, PREFIX, REST, wrapped

A, B, C = BODY[:20], BODY[20:44], BODY[44:]


def spellings_in(data: bytes) -> list[KeyText]:
    return list(read_all(data, list(candidate_offsets(data))))


CUT = {
    "plus": f'"{PREFIX}" + "{BODY}"',
    "plus, no blanks": f"'{PREFIX}'+'{BODY}'",
    "plus in the body": f'"{PREFIX}{HALF}" + "{REST}"',
    "three pieces": f'"{PREFIX}{A}" + "{B}" + "{C}"',
    "one piece a line": f'key = (\n    "{PREFIX}"\n    "{A}"\n    "{B}{C}"\n)',
    "adjacent literals": f'"{PREFIX}" "{BODY}"',
    "plus at the end of the line": f'"{PREFIX}{HALF}" +\n        "{REST}"',
    "plus at the start of the line": f'"{PREFIX}{HALF}"\r\n\t+ "{REST}"',
    "backslash between literals": f'"{PREFIX}{HALF}" \\\n    "{REST}"',
    "dot": f"'{PREFIX}' . '{BODY}'",
    "two dots": f'"{PREFIX}" .. "{BODY}"',
    "ampersand": f'"{PREFIX}" & "{BODY}"',
    "ampersand and underscore": f'"{PREFIX}{HALF}" & _\n  "{REST}"',
    "pipes": f"'{PREFIX}' || '{BODY}'",
    "angle brackets": f'"{PREFIX}" << "{BODY}"',
    "tilde": f'"{PREFIX}" ~ "{BODY}"',
    "diamond": f'"{PREFIX}" <> "{BODY}"',
    "two pluses": f'"{PREFIX}" ++ "{BODY}"',
    "joined list": f'"".join(["{PREFIX}", "{HALF}", "{REST}"])',
    "concat call": f"concat('{PREFIX}', '{BODY}')",
    "f-string after a literal": f'"{PREFIX}" f"{BODY}"',
    "raw string after a literal": f"'{PREFIX}' + r'{BODY}'",
    "literal in an f-string": f"f\"{PREFIX}{{'{BODY}'}}\"",
    "literal in a template": f'`{PREFIX}${{"{BODY}"}}`',
    "appended": f'key = "{PREFIX}{HALF}";\nkey += "{REST}";',
    "appended to a variable of PHP": f'$key = "{PREFIX}{HALF}";\n$key .= "{REST}";',
    "quotes around the body alone": f'KEY={PREFIX}"{BODY}"',
    "quotes around the prefix alone": f"KEY='{PREFIX}'{BODY}",
    "literals of C++": f'"{PREFIX}{HALF}"s + "{REST}"s',
    "a comment of React": f"<code>{PREFIX}<!-- -->{BODY}</code>",
    "different quotes": f"\"{PREFIX}\" + '{BODY}'",
    "parenthesis": f'("{PREFIX}") + ("{BODY}")',
    "JSON of source code": json.dumps(f'"{PREFIX}{HALF}" +\n  "{REST}"'),
    "HTML of source code": f"&quot;{PREFIX}&quot; + &quot;{BODY}&quot;",
    "prefix cut after sk-": f'"sk-" + "or-v1-{BODY}"',
    "prefix cut after sk-or-": f'"sk-or-" + "v1-{BODY}"',
    "prefix cut before a hyphen": f'"sk-or" + "-v1-{BODY}"',
    "prefix cut in a word": f'"sk-o" + "r-v1-{BODY}"',
    "prefix and body cut": f'"sk-or-" "v1-{HALF}" "{REST}"',
    "continued": f"KEY={PREFIX}{HALF}\\\n{REST}",
    "continued, CRLF": f"KEY={PREFIX}{HALF}\\\r\n{REST}",
    "continued, indented": f"KEY = {PREFIX}{HALF}\\\n\t{REST}",
    "quoted-printable": f"{PREFIX}{HALF}=\n{REST}",
    "comment between": f'"{PREFIX}" + /* the rest */ "{BODY}"',
    "line comment between": f'"{PREFIX}" + // the rest\n  "{BODY}"',
    "list with comments": f"['{PREFIX}', # prefix\n '{HALF}', # half\n '{REST}'].join",
    "appending calls": f'sb.append("{PREFIX}{HALF}").append("{REST}");',
    "appending calls on two lines": f'sb.append("{PREFIX}{HALF}");\n  sb.append("{REST}");',
    "concat method": f'"{PREFIX}".concat("{BODY}")',
    "format method": f"'{PREFIX}{{}}'.format('{BODY}')",
    "format operator": f"'{PREFIX}%s' % '{BODY}'",
    "triple quotes": f'"""{PREFIX}""" + """{BODY}"""',
    "two parentheses": f'(("{PREFIX}") + (("{BODY}")))',
    "PowerShell continuation": f"'{PREFIX}' + `\r\n  '{BODY}'",
    "Matlab continuation": f"['{PREFIX}' ...\n '{BODY}']",
    "literal in Ruby": f"\"{PREFIX}#{{'{BODY}'}}\"",
    "literal in Swift": f'"{PREFIX}\\("{BODY}")"',
    "JSON in JSON of source code": json.dumps(json.dumps(json.dumps(f'"{PREFIX}" + "{BODY}"'))),
    "source code in a patch": f"-  a: '{PREFIX}{HALF}' +\n-     '{REST}'\n",
    "source code in a notebook": json.dumps([f"k = ('{PREFIX}{HALF}'\n", f"     '{REST}')\n"], indent=1),
    "continued in a batch file": f"set KEY={PREFIX}{HALF}^\r\n{REST}",
    "continued in PowerShell": f"$key = {PREFIX}{HALF}`\r\n{REST}",
    "continued in a patch": f"+KEY={PREFIX}{HALF}\\\n+{REST}",
    "continued in a quotation": f"> > {PREFIX}{HALF}=\n> > {REST}",
    "continued before a hyphen": f"KEY={PREFIX[:-1]}\\\n-{BODY}",
    "continued in JSON": f'{{"cmd": "KEY={PREFIX}{HALF}\\\\\\n{REST}"}}',
    "in two literals that HTML escaped": f"&#x27;{PREFIX}{HALF}&#x27; + &#x27;{REST}&#x27;",
    "continued in Haskell": f'"{PREFIX}{HALF}\\\n   \\{REST}"',
    "found by a grep in colours": f"\x1b[01;31m\x1b[K{PREFIX}\x1b[m\x1b[K{BODY}",
    "runs of an office file": f"<w:t>{PREFIX}{HALF}</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>{REST}</w:t>",
    "runs of a pretty document": f"<w:t>{PREFIX}{HALF}</w:t>\n  </w:r>\n  <w:r>\n    <w:t>{REST}</w:t>",
    "runs of a presentation": f"<a:r><a:rPr/><a:t>{PREFIX}{HALF}</a:t></a:r><a:r><a:t>{REST}</a:t></a:r>",
    "runs of a cell": f"<si><r><t>{PREFIX}{HALF}</t></r><r><rPr><b/></rPr><t>{REST}</t></r></si>",
    "spans of an ODF text": f"<text:span text:style-name='T1'>{PREFIX}{HALF}</text:span><text:span>{REST}</text:span>",
    "many marks": f"<w:t>{PREFIX}{HALF}{'</w:t><w:t>' * 20}{REST}</w:t>",
    "a page in bold": f"<p><b>{PREFIX}{HALF}</b>{REST}</p>",
    "a page with a place to wrap": f"<code>{PREFIX}{HALF}<wbr>{REST}</code>",
    "a page with a line's end": f"{PREFIX}{HALF}<br />\n{REST}",
    "zero-width signs": f"{PREFIX}{HALF}\u200b\u200c\u2060\ufeff{REST}",
    "a zero-width sign in HTML": f"{PREFIX}{HALF}&#8203;{REST}",
    "a zero-width sign in JSON": f"{PREFIX}{HALF}\\u200b{REST}",
    "colours in JSON": json.dumps(f"\x1b[01;31m{PREFIX}\x1b[m{BODY}"),
    "soft hyphen": f"{PREFIX}{HALF}&shy;{REST}",
    "wrapped": f"{PREFIX}{HALF}\n{REST}\n",
    "wrapped, CRLF": f"{PREFIX}{HALF}\r\n{REST}\r\n",
    "wrapped after the prefix": f"the key is {PREFIX}\n{BODY}\n",
    "wrapped in the prefix": f"the key is sk-or-\nv1-{BODY}",
    "wrapped, indented": f"key: >-\n  {PREFIX}{HALF}\n  {REST}\n",
    "wrapped in a comment": f"# {PREFIX}{HALF}\n# {REST}\n",
    "wrapped in a line comment": f"// {PREFIX}{HALF}\n// {REST}\n",
    "wrapped in a block comment": f" * {PREFIX}{HALF}\n * {REST}\n",
    "wrapped in a quotation": f"> {PREFIX}{HALF}\n> {REST}\n",
    "wrapped in a patch": f"+{PREFIX}{HALF}\n+{REST}\n",
    "wrapped in JSON": json.dumps({"body": f"key\n{PREFIX}{HALF}\n{REST}\n"}),
    "wrapped in JSON, CRLF": json.dumps({"body": f"key\r\n{PREFIX}{HALF}\r\n{REST}\r\n"}),
    "wrapped in JSON, one digit left": json.dumps(f"{KEY[:-1]}\n{KEY[-1]}\n"),
    "quoted-printable in JSON": json.dumps({"raw": f"{PREFIX}{HALF}=\r\n{REST}"}),
    "lines of a notebook's output": json.dumps([f"{PREFIX}{HALF}\n", f"{REST}\n"]),
    "source code that is commented out": f'# k = ("{PREFIX}{HALF}"\n#      "{REST}")',
    "a statement that is commented out": f'  // k = "{PREFIX}{HALF}" +\n  //   "{REST}";',
    "a statement in SQL that is commented out": f"-- k := '{PREFIX}{HALF}' ||\n--   '{REST}';",
    "source code in a block comment": f' * k = "{PREFIX}{HALF}" +\n *   "{REST}";',
    "source code in a quotation": f'> k = "{PREFIX}{HALF}" +\n>   "{REST}"\n',
    "source code typed at a prompt": f'>>> k = ("{PREFIX}{HALF}"\n...      "{REST}")',
    "source code typed at a numbered prompt": f'In [1]: k = ("{PREFIX}{HALF}"\n   ...:      "{REST}")',
    "operator in HTML": f"&quot;{PREFIX}{HALF}&quot; &amp; &quot;{REST}&quot;",
    "operator of a cell's formula": f'<f>"{PREFIX}"&amp;"{BODY}"</f>',
    "operators in HTML": f"&quot;{PREFIX}{HALF}&quot; &lt;&lt; &quot;{REST}&quot;",
    "appended to itself": f'k = "{PREFIX}{HALF}"\nk = k & "{REST}"',
    "appended to itself in PHP": f"$k = '{PREFIX}{HALF}';\n$k = $k . '{REST}';",
    "appended by a method": f'k.append("{PREFIX}{HALF}");\nk.append("{REST}");',
    "concatenated by a method": f'"{PREFIX}{HALF}".concat("{REST}")',
    "UTF-8 literals": f'u8"{PREFIX}{HALF}" u8"{REST}"',
    "raw literals": f'concat!(r#"{PREFIX}{HALF}"#, r#"{REST}"#)',
    "wrapped often": wrapped(KEY, 20),
    "wrapped, one digit left": f"{KEY[:-1]}\n{KEY[-1]}\n",
}

NOT_CUT = {
    "63 digits in pieces": f'"{PREFIX}{HALF}" + "{REST[1:]}"',
    "65 digits in pieces": f'"{PREFIX}{HALF}" + "{REST}a"',
    "a letter after the pieces' digits": f'"{PREFIX}{HALF}" + "{REST[1:]}g"',
    "another name between": f'prefix = "{PREFIX}"\ndigest = compute("{BODY}")',
    "words between": f"{PREFIX} and {BODY}",
    "a blank line between": f"{PREFIX}\n\n{BODY}",
    "an operator without quotes": f"{PREFIX} + {BODY}",
    "cells of a table": f"<td>{PREFIX}</td><td>{BODY}</td>",
    "two settings": f'OPENROUTER_API_KEY="{PREFIX}"\nJWT_SECRET="{BODY}"\n',
    "two names of a program": f'PREFIX = "{PREFIX}"\n\n# of the wheel\nSHA256 = "{BODY}"\n',
    "two attributes": f'<key prefix="{PREFIX}" sha="{BODY}"/>',
    "two elements": f"<prefix>{PREFIX}</prefix>\n<sha256>{BODY}</sha256>",
    "two elements of a list": f"<array><string>{PREFIX}</string><string>{BODY}</string></array>",
    "two paragraphs of a document": f"<w:p><w:r><w:t>{PREFIX}</w:t></w:r></w:p><w:p><w:r><w:t>{BODY}</w:t></w:r></w:p>",
    "two cells of a document": f"<a:tc><a:t>{PREFIX}</a:t></a:tc><a:tc><a:t>{BODY}</a:t></a:tc>",
    "two cells of a sheet": f"<si><t>{PREFIX}</t></si><si><t>{BODY}</t></si>",
    "two words of a page": f"<span>{PREFIX}</span> <span>{BODY}</span>",
    "cells of a table in Markdown": f"| `{PREFIX}` | `{BODY}` |",
    "arguments of two calls": f'assert_equal(sha256("{PREFIX}"), "{BODY}")',
    "an expectation": f'expect(hash("{PREFIX}")).toBe("{BODY}")',
    "a replacement": f'key.replace("{PREFIX}").replace("{BODY}")',
    "another name appended to": f'k = "{PREFIX}"\nj = k & "{BODY}"',
    "two lines of digests": f"{PREFIX}{HALF[:12]}\n{BODY}\n{BODY}\n",
}


@pytest.mark.parametrize("text", CUT.values(), ids=CUT)
def test_a_key_in_pieces_is_seen_where_it_begins(text: str) -> None:
    (match,) = examine(text.encode()).matches
    assert match.key == ApiKey(KEY)
    assert match.encoding == "split"
    assert text[match.offset :].startswith("sk-")
    assert may_hold_key(text.encode())


@pytest.mark.parametrize("text", NOT_CUT.values(), ids=NOT_CUT)
def test_pieces_of_another_length_or_far_apart_are_no_key(text: str) -> None:
    assert MatchKind.KEY not in [match.kind for match in examine(text.encode()).matches]


FIELDS = {
    "a string of marshal": b"\xda\x49%b\xe3\0\0",
    "a short string of marshal": b"\0\0\0Z\x49%bc\0\0\0",
    "a field of protobuf": b"\x12\x49%b2\x01y",
    "a text of CBOR": b"\xa2ckeyxI%bdnameax",
    "a text of bencode": b"d3:key73:%bd4:namee",
    "a column of SQLite": b"\x05\4\1\x81\x1f!\1%b2026-11-01",
    "a text of a binary plist": b"\x5f\x10\x49%b3\x41\xc5",
    "between other strings of a program": b"\0usage%bdefault\0",
}


@pytest.mark.parametrize("layout", FIELDS.values(), ids=FIELDS)
def test_in_a_binary_format_the_next_field_may_follow_at_once(layout: bytes) -> None:
    (match,) = examine(layout % KEY.encode()).matches
    assert (match.kind, match.key) == (MatchKind.KEY, ApiKey(KEY))
    (match,) = examine(b"x" * 300 + KEY.encode() + b"c" * 9 + b"x" * 300).matches
    assert match.kind is MatchKind.SUSPICIOUS


def test_63_digits_are_not_lengthened_by_the_next_line() -> None:
    (match,) = examine(f"{KEY[:-1]}\na = 1\n".encode()).matches
    assert match.kind is MatchKind.SUSPICIOUS


def test_a_whole_key_is_not_lengthened_by_the_next_line() -> None:
    (match,) = examine(f"{KEY}\ndeadbeef\n".encode()).matches
    assert (match.key, match.encoding) == (ApiKey(KEY), None)


@pytest.mark.parametrize("charset", ["utf-16", "utf-32-be"])
def test_pieces_are_joined_in_wide_text_too(charset: str) -> None:
    (match,) = examine(f'"{PREFIX}" + "{BODY}"'.encode(charset)).matches
    assert match.key == ApiKey(KEY)
    assert match.encoding is not None
    assert match.encoding.endswith("+split")


def cut_at(*lengths: int, by: str = '" + "') -> bytes:
    """The key as strings, of which all but the last have these lengths."""
    object_fields, rest = [], KEY
    for length in lengths:
        object_fields.append(rest[:length])
        rest = rest[length:]
    return by.join([*object_fields, rest]).encode()


@pytest.mark.parametrize("length", range(1, 5))
def test_a_prefix_cut_before_its_second_half_begins_where_its_first_piece_does(length: int) -> None:
    text = cut_at(length)
    for before in (b"", b"x", b"sk-o ", b"sk-or ", b"s", KEY[:length].encode() + b" "):
        for behind in (b"", b" sk-o", KEY[:length].encode()):
            (spelling,) = spellings_in(before + text + b" " + behind)
            assert (spelling.start, spelling.end, spelling.text) == (len(before), len(before + text), KEY)
            assert spelling.split is True


@pytest.mark.parametrize("length", range(1, 5))
def test_a_second_half_without_its_first_is_none(length: int) -> None:
    assert not spellings_in(KEY[length:].encode())
    assert not spellings_in(b"x" + KEY[length:].encode())
    assert not spellings_in(KEY[:length].encode() + b" and " + KEY[length:].encode())
    assert not spellings_in(KEY[:length].encode() + b" " * 500 + KEY[length:].encode())


@pytest.mark.parametrize(
    ("before", "prefix", "body"),
    [
        ("key = ", PREFIX, BODY),
        ("key = '", PREFIX, f"{HALF}' +\n    '{REST}"),
        ("the other is sk-or-v1-nothing, this 'sk-' + 'o", "r-v1-", BODY),
    ],
    ids=["whole", "cut", "with a cut prefix"],
)
def test_where_a_key_ends_is_read_from_either_piece_of_its_prefix(before: str, prefix: str, body: str) -> None:
    data = f"{before}{prefix}{body}' and more".encode()
    assert end_of_key(data, len(before)) == len(before + prefix + body)


@pytest.mark.parametrize("text", [PREFIX, f"{PREFIX}0e6...c96", "r-v1-" + BODY, "b3It", BODY])
def test_where_none_begins_none_ends(text: str) -> None:
    assert end_of_key(f"x {text}".encode(), 2) == 2


def test_a_whole_key_is_not_split() -> None:
    (spelling,) = spellings_in(KEY.encode())
    assert spelling.split is False
    (spelling,) = spellings_in(KEY[:40].encode())
    assert spelling.split is False
