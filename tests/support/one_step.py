"""A key one reversible step away from the bytes, in several notations of each family."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from support.planted import BODY, KEY, base64_of, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable

CODES = list(KEY.encode())
QUOTED_BODY = f'"{BODY}"'


def listed(form: str, separator: str = ", ", codes: Iterable[int] = CODES) -> str:
    return separator.join(form.format(code) for code in codes)


def xxd(data: bytes, group: int = 2, *, upper: bool = False) -> str:
    lines = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        codes = row.hex(" ", -group) if group > 1 else row.hex(" ")
        lines.append(f"{at:08x}: {(codes.upper() if upper else codes):<{16 * 2 + 16 // group}} {text}")
    return "\n".join(lines) + "\n"


def hexdump(data: bytes, *, text: bool = True) -> str:
    lines = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        seen = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(
            f"{at:08x}  {row[:8].hex(' '):<23}  {row[8:].hex(' '):<23}  {f'|{seen}|' if text else ''}".rstrip()
        )
    return "\n".join(lines) + "\n"


def registry(data: bytes, kind: str = "hex(2)") -> str:
    codes, lines, line = data.hex(",").split(","), [], f'"Key"={kind}:'
    for number, code in enumerate(codes):
        line += code + ("," if number + 1 < len(codes) else "")
        if len(line) > 75:
            lines.append(line + "\\")
            line = "  "
    return "Windows Registry Editor Version 5.00\r\n\r\n" + "\r\n".join([*lines, line]) + "\r\n"


JOINED = {
    "JavaScript, two": f'["sk-or-v1", {QUOTED_BODY}].join("-")',
    "JavaScript, four": f'const k = ["sk","or","v1",{QUOTED_BODY}].join("-");',
    "JavaScript, three": f"['sk-or', 'v1', '{BODY}'].join('-')",
    "JavaScript over lines": f'[\n  "sk",\n  "or",\n  "v1",\n  {QUOTED_BODY},\n].join("-")',
    "JavaScript in JSON": json.dumps({"source": f'["sk","or","v1",{QUOTED_BODY}].join("-")'}),
    "Python": f"key = '-'.join(['sk', 'or', 'v1', '{BODY}'])",
    "Python, a tuple": f'"-".join(("sk-or-v1", {QUOTED_BODY}))',
    "Python, printed": f'print("sk", "or", "v1", {QUOTED_BODY}, sep="-")',
    "PHP": f"implode('-', ['sk', 'or', 'v1', '{BODY}'])",
    "Go": f'strings.Join([]string{{"sk", "or", "v1", {QUOTED_BODY}}}, "-")',
    "Java": f'String.join("-", "sk", "or", "v1", {QUOTED_BODY});',
    "C#": f'string.Join("-", new[] {{ "sk", "or", "v1", {QUOTED_BODY} }})',
    "Kotlin": f'listOf("sk", "or", "v1", {QUOTED_BODY}).joinToString("-")',
    "Swift": f'["sk", "or", "v1", {QUOTED_BODY}].joined(separator: "-")',
    "Rust": f'["sk", "or", "v1", {QUOTED_BODY}].join("-")',
    "Ruby": f"['sk', 'or', 'v1', '{BODY}'] * '-'",
    "Perl": f"join('-', 'sk', 'or', 'v1', '{BODY}')",
    "Lua": f'table.concat({{"sk", "or", "v1", {QUOTED_BODY}}}, "-")',
    "R": f'paste("sk", "or", "v1", {QUOTED_BODY}, sep = "-")',
    "Elixir": f'Enum.join(["sk", "or", "v1", {QUOTED_BODY}], "-")',
    "SQL": f"SELECT CONCAT_WS('-', 'sk', 'or', 'v1', '{BODY}')",
    "Terraform": f'join("-", ["sk", "or", "v1", {QUOTED_BODY}])',
    "PowerShell": f"$k = 'sk','or','v1','{BODY}' -join '-'",
    "CloudFormation": f'{{"Fn::Join": ["-", ["sk", "or", "v1", {QUOTED_BODY}]]}}',
    "formatted": f'"%s-%s-%s-%s" % ("sk", "or", "v1", {QUOTED_BODY})',
    "formatted by a method": f'"{{}}-{{}}".format("sk-or-v1", {QUOTED_BODY})',
    "Scala": f'Seq("sk", "or", "v1", {QUOTED_BODY}).mkString("-")',
    "Haskell": f'intercalate "-" ["sk", "or", "v1", {QUOTED_BODY}]',
    "OCaml": f'String.concat "-" ["sk"; "or"; "v1"; {QUOTED_BODY}]',
    "added up": f"'sk' + '-' + 'or' + '-' + 'v1' + '-' + '{BODY}'",
    "a template": f"{{{{ ['sk', 'or', 'v1', '{BODY}'] | join('-') }}}}",
}

REVERSED = {
    "JavaScript": f"'{KEY[::-1]}'.split('').reverse().join('')",
    "Python": f'key = "{KEY[::-1]}"[::-1]',
    "Ruby": f"'{KEY[::-1]}'.reverse",
    "shell": f"echo {KEY[::-1]} | rev",
    "among other text": f'("{(KEY + " =YEK")[::-1]}")[::-1]\nother = 1',
}

ARRAYS = {
    "JavaScript": f"String.fromCharCode({listed('{}')})",
    "Python": f"bytes([{listed('{}')}])",
    "without blanks": f"[{listed('{}', ',')}]",
    "Kotlin over lines": "intArrayOf(\n" + wrapped(listed("{}"), 60) + ")",
    "a number a line": "[\n" + listed("    {}", ",\n") + "\n]",
    "a Buffer in JSON": json.dumps({"type": "Buffer", "data": CODES}),
    "a Buffer in indented JSON": json.dumps({"type": "Buffer", "data": CODES}, indent=2),
    "a Uint8Array in JSON": json.dumps({str(place): code for place, code in enumerate(CODES)}),
    "C": f"char key[] = {{{listed('{}')}, 0}};",
    "Java": f"new byte[] {{{listed('(byte) {}')}}}",
    "PHP": listed("chr({})", " . "),
    "SQL": listed("CHAR({})", " + "),
    "VBA": listed("Chr({})", " & "),
    "Erlang": f"<<{listed('{}', ',')}>>",
    "Lua": f"string.char({listed('{}')})",
    "Rust": f"[{listed('{}u8')}]",
    "Kotlin, calls": f"byteArrayOf({listed('{}.toByte()')})",
    "blanks alone": listed("{}", " "),
    "three digits each": listed("{:03}", " "),
    "semicolons": listed("{}", ";"),
    "among other text": f"[{listed('{}', ', ', f'API_KEY={KEY};'.encode())}]",
    "hexadecimal": f"[{listed('0x{:02x}')}]",
    "hexadecimal, upper case": f"[{listed('0x{:02X}', ',')}]",
    "hexadecimal in C": "unsigned char key[] = {\n  " + wrapped(listed("0x{:02x}"), 72, "\n  ") + "\n};",
    "hexadecimal in Go": f"[]byte{{{listed('0x{:02x}')}}}",
    "hexadecimal in Java": f"{{{listed('(byte)0x{:02x}')}}}",
}

HEX = {
    "plain": KEY.encode().hex(),
    "upper case": KEY.encode().hex().upper(),
    "of a file": f"OPENROUTER_API_KEY={KEY}\nDEBUG=1\n".encode().hex(),
    "sqlite3's dump": f"INSERT INTO t VALUES(1,X'{KEY.encode().hex().upper()}');",
    "mysqldump's": f"INSERT INTO `t` VALUES (1,0x{KEY.encode().hex().upper()});",
    "bytea": f"\\\\x{KEY.encode().hex()}",
    "wrapped": wrapped(KEY.encode().hex(), 60),
    "spaced": KEY.encode().hex(" "),
    "spaced, upper case": KEY.encode().hex(" ").upper(),
    "commas": KEY.encode().hex(","),
    "colons": KEY.encode().hex(":"),
    "hyphens": KEY.encode().hex("-").upper(),
    "strings": '"' + wrapped(KEY.encode().hex(), 32, '" "') + '"',
    "of the digits behind a plain prefix": f'"sk-or-v1-" + bytes.fromhex("{BODY.encode().hex()}").decode()',
    "a registry file's text": registry(KEY.encode("utf-16-le")),
    "a registry file's bytes": registry(KEY.encode(), "hex"),
    "xxd": xxd(f"KEY={KEY}\n".encode()),
    "xxd, upper case": xxd(f"KEY={KEY}\n".encode(), upper=True),
    "xxd, a byte each": xxd(f"KEY={KEY}\n".encode(), 1),
    "xxd -p": wrapped(f"KEY={KEY}\n".encode().hex(), 60),
    "hexdump -C": hexdump(f"KEY={KEY}\n".encode()),
    "od -tx1": hexdump(f"KEY={KEY}\n".encode(), text=False),
}

ESCAPED = {
    "percent": listed("%{:02x}", ""),
    "percent, upper case": listed("%{:02X}", ""),
    "JSON": listed("\\u{:04x}", ""),
    "JSON in JSON": listed("\\\\u{:04x}", ""),
    "hexadecimal": listed("\\x{:02x}", ""),
    "hexadecimal, upper case": listed("\\x{:02X}", ""),
    "octal": listed("\\{:o}", ""),
    "octal, three digits": listed("\\{:03o}", ""),
    "entities": listed("&#{};", ""),
    "padded entities": listed("&#{:04};", ""),
    "hexadecimal entities": listed("&#x{:x};", ""),
    "hexadecimal entities, upper case": listed("&#x{:X};", ""),
}

BASE64 = {
    "two literals on a line": f"'{base64_of(KEY)[:20]}' + '{base64_of(KEY)[20:]}'",
    "cut in the prefix": f"'{base64_of(KEY)[:7]}' + '{base64_of(KEY)[7:]}'",
    "an array joined": json.dumps([base64_of(KEY)[at : at + 24] for at in range(0, 100, 24)]),
    "twice": base64_of(base64_of(KEY)),
    "twice, among other text": base64_of(f"data:\n  key: {base64_of(KEY)}\n"),
    "twice, a setting": base64_of(base64_of(f"OPENROUTER_API_KEY={KEY}")),
    "twice, wrapped": wrapped(base64_of(f"kind: Secret\ndata:\n  key: {base64_of(KEY)}\n"), 76),
    "of the digits behind a plain prefix": f'"sk-or-v1-" + atob("{base64_of(BODY)}")',
    "of the digits in a template": f'`sk-or-v1-${{atob("{base64_of(BODY)}")}}`',
    "of the digits in Python": f'key = "sk-or-v1-" + base64.b64decode("{base64_of(BODY)}").decode()',
    "of the digits in PHP": f"$key = 'sk-or-v1-' . base64_decode('{base64_of(BODY)}');",
    "of UTF-16, wrapped": wrapped(base64_of(f"$k = '{KEY}'".encode("utf-16-le")), 76),
    "of UTF-16, wrapped at 64": wrapped(base64_of(f"key='{KEY}'".encode("utf-16-le")), 64),
}

HYPHENS = {f"U+{ord(hyphen):04X}": KEY.replace("-", hyphen) for hyphen in "\u2010\u2011\u2012\u2013\u2014\u2212"} | {
    "U+2011 in JSON": json.dumps(KEY.replace("-", "\u2011")),
    "U+2013 in a page": KEY.replace("-", "&ndash;"),
    "U+2011 in a page": KEY.replace("-", "&#8209;"),
    "a highlighter's LaTeX": KEY.replace("-", "\\PYZhy{}"),
    "LaTeX, a dash": KEY.replace("-", "\\textendash{}"),
    "LaTeX, a hyphen": KEY.replace("-", "\\hyp{}"),
    "LaTeX, a box": KEY.replace("-", "\\mbox{-}"),
}

FAMILIES = {
    "joined": JOINED,
    "reversed": REVERSED,
    "array": ARRAYS,
    "hex": HEX,
    "escaped": ESCAPED,
    "base64": BASE64,
    "hyphens": HYPHENS,
}
CASES = {f"{family}: {name}": text for family, texts in FAMILIES.items() for name, text in texts.items()}
