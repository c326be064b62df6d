"""Inputs made to take long, and a program that examines each under a limit: `python -m support.hostile_inputs`.

It is given a size in bytes and CPU seconds for each input, prints the name of each that was examined in time, and dies
by a signal in one that was not.
"""

from __future__ import annotations

import base64
import gzip
import signal
import sys
import zlib

from openrouter_preflight.detect.detector import examine
from support.planted import BODY, KEY, PREFIX, base64_of

MEMORY = 500_000_000
CODES = ", ".join(str(code) for code in PREFIX.encode())
DUMP = "00000000  73 6b 2d 6f 72 2d 76 31  2d 33 36 34 65 38 33 65  |sk-or-v1-364e83e|\n"

TEXTS = {
    "signs of a comment before each key": f"{'#' * 40} x {KEY}",
    "words that nearly allow": f"{KEY} # openrouter-preflight: allows ",
    "blanks before nearly allowing words": f"{KEY} #{' ' * 90}openrouter-preflight:",
    "brackets of comments": f"{KEY}" + "/*" * 50,
    "keys": f"{KEY} ",
    "prefixes": PREFIX,
    "pieces of prefixes": '"sk-or" + "-v1-',
    "quotes": f"{PREFIX}'" + '"' * 50,
    "long comments in a string": f'{PREFIX}"/*{"*" * 70}*/',
    "comments on lines": f'{PREFIX}"\n# aaaa\n# bbb\n# ccc\n',
    "blanks in a string": f'{PREFIX}"{" " * 100}',
    "tags": f"{PREFIX}<b></b>{'<i></i>' * 40}",
    "line ends": f"{PREFIX}\n",
    "digits behind a key": f"{KEY}{'a' * 9} ",
    "a long body": PREFIX + BODY * 500,
    "decimal codes": f"{CODES}, ",
    "pairs of decimal codes": "118,49,",
    "hexadecimal codes": "0x76, 0x31, ",
    "hex": PREFIX.encode().hex(),
    "spaced hex": PREFIX.encode().hex(" ") + " ",
    "pairs of hex": "2d7631",
    "a dump": DUMP,
    "a dump that is none": f"00000000: {'2d76 ' * 40}\n",
    "percent": "%76%31",
    "JSON escapes": "\\u0076\\u0031",
    "octal": "\\166\\061",
    "backslashes": "sk\\or\\v1\\",
    "entities": "sk&or&v1&",
    "look-alikes": "sk\u2010or\u2010v1\u2010",
    "reversed prefixes": PREFIX[::-1],
    "strings": '"sk","or","v1",',
    "strings far apart": f'"sk" {" " * 50}"or" ',
    "lists that are not joined": f'["sk-or-v1", "{BODY}"].join(',
    "joins of nothing": f'{"join(" * 10}"sk-or-v1", "{BODY}", ',
    "base64": base64_of(PREFIX),
    "base64, twice": base64_of(base64_of(PREFIX * 4)),
    "base64 of UTF-16": base64_of((PREFIX * 3).encode("utf-16-le")),
    "base64 in strings": "b3It'+'",
    "base64 on lines": 'c2stb3ItdjEt"\n"',
    "base64 that is to be joined": '"sk-or-v1-" + atob("',
    "the beginning of gzip in base64": f"{'H4sIAAAA' * 20} ",
    "wide text": PREFIX.replace("", "\0")[1:],
}


def filled(text: str, size: int) -> bytes:
    return (text * (size // len(text) + 1)).encode()[:size]


def files(size: int) -> dict[str, bytes]:
    """Files of about that size."""
    zeros, packed = zlib.compress(bytes(size * 5)), gzip.compress(bytes(4_000_000))
    return {name: filled(text, size) for name, text in TEXTS.items()} | {
        "streams that are none": b"%PDF-1.4\n" + b"stream\nx\x9c\0" * (size // 11),
        "streams of zeros": b"%PDF-1.4\n" + (b"stream\n" + zeros + b"endstream") * (size // len(zeros)),
        "a zlib bomb": zlib.compress(bytes(min(size * 900, 100_000_000)), 9),
        "gzip bombs in base64": (base64.b64encode(packed) + b"\n") * (size // (len(packed) * 4 // 3) + 1),
        "a pack of nothing": b"PACK\0\0\0\2" + (1 << 16).to_bytes(4, "big") + (b"0" + zlib.compress(b"")) * (size // 9),
    }


def main() -> None:
    size, seconds = int(sys.argv[1]), float(sys.argv[2])
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    examine(KEY.encode())  # with all that is loaded once
    for name, data in files(size).items():
        signal.setitimer(signal.ITIMER_PROF, seconds)
        examine(data)
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.write(f"{name}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
