"""The reference page of options, made from their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.settings.config.config_schema import ASKED, FILE, ConfigMapping, ListOf
from openrouter_preflight.settings.gate_options import GATES
from openrouter_preflight.settings.manage.options import LOOKS
from openrouter_preflight.settings.options import COMMANDS, POLICIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from openrouter_preflight.settings.option import Option


_HEAD: Final = """\
# Options

Every flag can also come from the environment. A flag beats the environment, which beats the config file; in the file a
key's own entry beats `gates:`. A variable that is empty counts as not set; one that starts with `OPENROUTER_PREFLIGHT_`
and is none of these is refused (exit code 2). In every list newlines, commas or blanks separate the values, and double
quotes keep a path with one of these in it together; a flag for paths takes one path. Made from the program's table: do
not edit.
"""


def options_page() -> str:
    """The whole reference page."""
    commands = "".join(f"\n## `{command}`\n\n{options_table(command)}" for command in COMMANDS)
    return f"{_HEAD}{commands}\n## `.openrouter-preflight.yml`\n\n{config_table()}"


def options_table(command: str) -> str:
    """Return the options of `command`: flag, variable, file, meaning."""
    rows = (
        (f"`{_flag(option)}`", f"`{option.variable(command)}`", _in_file(option), _meaning(option))
        for option in COMMANDS[command]
    )
    return _table(("flag", "environment", "config file", "meaning"), rows)


def config_table() -> str:
    """Every word of the config file with its path and meaning."""
    return _table(("word", "takes", "meaning"), _words(FILE, ""))


def _flag(option: Option) -> str:
    return option.flag if option.is_switch else f"{option.flag} {option.value.metavar}"


def _in_file(option: Option) -> str:
    if option in LOOKS:
        return f"`audit.{option.name}`"
    return f"`{option.name}`" if option in (*GATES, *POLICIES) else ""


def _meaning(option: Option) -> str:
    if not option.repeatable:
        return option.summary
    return f"{option.summary} {'Repeatable.' if option.holds_paths else 'Repeatable; takes a list.'}"


def _words(shape: ConfigMapping, path: str) -> Iterator[tuple[str, ...]]:
    for word in shape.words:
        if word in ASKED and path != "gates.":
            continue
        place = f"{path}{word.name}"
        inner = word.shape.item if isinstance(word.shape, ListOf) else word.shape
        brackets = "[]" if isinstance(word.shape, ListOf) and isinstance(inner, ConfigMapping) else ""
        required = " Required." if word.required else ""
        yield f"`{place}{brackets}`", word.shape.expected, f"{word.help}{required}"
        if isinstance(inner, ConfigMapping):
            yield from _words(inner, f"{place}{brackets}.")
    if path != "gates." and ASKED[0] in shape.words:
        yield f"`{path}…`", "any word of `gates`", "What holds for this key instead."


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "".join(_line(row) for row in (head, ("---",) * len(head), *rows))


def _line(cells: tuple[str, ...]) -> str:
    return " | ".join(["", *(cell.replace("|", r"\|") for cell in cells), ""]).strip() + "\n"
