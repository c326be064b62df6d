"""The Config in the bytes of a config file. Nothing is found or read here.

What a file holds is never quoted where it might be a secret. Loading this takes time: only who has a file does.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from openrouter_preflight.errors import UsageError
from openrouter_preflight.settings import LARGEST_CONFIG
from openrouter_preflight.settings.config.config_reader import HOLDS_KEY, Reader
from openrouter_preflight.settings.config.config_schema import FILE
from openrouter_preflight.settings.config.yaml_nodes import Place, YamlError, read_nodes
from openrouter_preflight.settings.model import AllowedKey, Config, KeyEntry, ModelRequirement, ScanPolicy
from openrouter_preflight.settings.redact import find_key, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_PROBLEMS: Final = 20
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


def parse_config(raw: bytes, name: str) -> Config:
    """Return the Config. Raises UsageError with all problems and their lines."""
    text = decode_config(raw, name)
    problems = [(place, HOLDS_KEY) for place in _keys_in(text)]
    told = {place.line for place, _ in problems}
    reader = Reader()
    try:
        root = read_nodes(text)
        found = {} if root is None else reader.read(FILE, root)
        problems += [problem for problem in reader.problems if problem[0].line not in told]
    except YamlError as error:
        problems.append((error.place, str(error)))
    if problems:
        raise UsageError(_list_problems(problems, name))
    return _config(found)


def decode_config(raw: bytes, name: str) -> str:
    """Return the text. Raises UsageError if it is too large or not UTF-8."""
    if len(raw) > LARGEST_CONFIG:
        raise UsageError(f"{printable(name)} is larger than {LARGEST_CONFIG // 1024} KiB, too large for a config file.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        place = Place(before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
    what = "UTF-16" if raw.startswith(_UTF_16) else "not UTF-8"
    raise UsageError(_list_problems([(place, f"the file is {what}: save it as UTF-8")], name))


def _config(found: dict[str, Any]) -> Config:
    scan = found.get("scan", {})
    return Config(
        keys=tuple(
            KeyEntry(name=entry.pop("name"), env=entry.pop("env"), asked=_with_models(entry))
            for entry in found.get("keys", ())
        ),
        asked=_with_models(found.get("gates", {})),
        audit=found.get("audit", {}),
        scan=ScanPolicy(
            exclude=scan.get("exclude", ()), allow=tuple(AllowedKey(**entry) for entry in scan.get("allow", ()))
        ),
    )


def _with_models(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the options with their `models:` entries typed."""
    if "models" not in asked:
        return asked
    return {**asked, "models": tuple(ModelRequirement(**entry) for entry in asked["models"])}


def _keys_in(text: str) -> Iterator[Place]:
    """Return the places of key-like text, in comments too."""
    for number, line in enumerate(text.split("\n"), start=1):
        column = find_key(line)
        if column is not None:
            yield Place(number, column + 1)


def _list_problems(problems: list[tuple[Place, str]], name: str) -> str:
    ordered = sorted(problems, key=itemgetter(0))
    lines = [f"{printable(name)}:{place.line}:{place.column}: {message}" for place, message in ordered[:_MOST_PROBLEMS]]
    if len(ordered) > _MOST_PROBLEMS:
        lines.append(f"and {len(ordered) - _MOST_PROBLEMS} more problems")
    return "\n".join(lines)
