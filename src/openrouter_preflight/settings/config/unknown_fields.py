"""Messages for unknown fields of the config file, the surest guess first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.settings.config.config_schema import FILE, ConfigMapping, ListOf
from openrouter_preflight.settings.options import COMMANDS
from openrouter_preflight.settings.redact import near_word, shown
from openrouter_preflight.settings.values.value_type import either

if TYPE_CHECKING:
    from collections.abc import Iterator

_NO_KEY: Final = "this file never holds a key: keep it in an environment variable, and name that one with `env:`"
_NO_ADDRESS: Final = (
    "this file cannot change where a key is sent: use --base-url or OPENROUTER_BASE_URL, outside of the repository"
)
_NO_HEADER: Final = "this file cannot add to what is sent with a key"

_REFUSED: Final = {
    **dict.fromkeys(
        (
            "key",
            "api-key",
            "apikey",
            "openrouter-api-key",
            "openrouter-key",
            "management-key",
            "value",
            "secret",
            "token",
        ),
        _NO_KEY,
    ),
    **dict.fromkeys(
        ("url", "base-url", "baseurl", "api-url", "api-base", "openrouter-base-url", "endpoint", "host", "proxy"),
        _NO_ADDRESS,
    ),
    **dict.fromkeys(
        ("header", "headers", "http-headers", "authorization", "auth", "bearer", "cookie", "user-agent"), _NO_HEADER
    ),
}


def describe_unknown(word: str, here: ConfigMapping) -> str:
    """A sentence about `word`, which is none of the words of `here`."""
    spelled = word.strip().lower().replace("_", "-").replace(" ", "-")
    known = [one.name for one in here.words]
    if spelled in known:
        return f"unknown word {shown(word)}; did you mean `{spelled}`?"
    if spelled in _REFUSED:
        return f"unknown word {shown(word)}; {_REFUSED[spelled]}"
    elsewhere = [path for path, words in _sections(FILE, "") if any(one.name == spelled for one in words.words)]
    if elsewhere:
        return f"{shown(word)} does not belong here; it stands {' or '.join(elsewhere)}"
    if any(option.name == spelled for options in COMMANDS.values() for option in options):
        return f"`{spelled}` is no word of this file; give the flag --{spelled}"
    near = near_word(word, known)
    return f"unknown word {shown(word)}; " + (f"did you mean `{near}`?" if near else f"expected {either(known)}")


def _sections(words: ConfigMapping, path: str) -> Iterator[tuple[str, ConfigMapping]]:
    """Every mapping of the file, with where it stands in words."""
    yield path or "at the top", words
    for word in words.words:
        if isinstance(word.shape, ConfigMapping):
            yield from _sections(word.shape, f"under `{word.name}:`")
        elif isinstance(word.shape, ListOf) and isinstance(word.shape.item, ConfigMapping):
            yield from _sections(word.shape.item, f"in an entry of `{word.name}:`")
