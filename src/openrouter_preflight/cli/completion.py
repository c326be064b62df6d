"""Completion in shells: values of options, and shells that click lacks.

A shell starts the program with a variable that says what to complete; nothing else runs then.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, ClassVar, Final

from click.shell_completion import CompletionItem, ShellComplete, add_completion_class, get_completion_class
from click.shell_completion import shell_complete as complete_with_click

from openrouter_preflight.cli.model_cache import known_models
from openrouter_preflight.errors import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click

VARIABLE: Final = "_OPENROUTER_PREFLIGHT_COMPLETE"
SHELLS: Final = ("bash", "zsh", "fish", "powershell")
_FILES: Final = frozenset({"FILE", "GLOB"})
_POWERSHELL: Final = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($word, $ast, $cursor)
    $env:%(complete_var)s = "powershell_complete"
    $env:%(complete_var)s_LINE = $ast.ToString().PadRight($cursor).Substring(0, $cursor)
    $env:%(complete_var)s_WORD = $word
    try {
        %(prog_name)s | ForEach-Object {
            $kind, $value, $help = $_ -split "`t", 3
            if ($kind -eq "file") {
                Get-ChildItem -Path "$word*" | ForEach-Object { Resolve-Path -Relative $_.FullName }
            } else {
                if (-not $help) { $help = $value }
                [System.Management.Automation.CompletionResult]::new($value, $value, "ParameterValue", $help)
            }
        }
    } finally {
        Remove-Item Env:%(complete_var)s, Env:%(complete_var)s_LINE, Env:%(complete_var)s_WORD
    }
}
"""


class _PowerShell(ShellComplete):
    """PowerShell 5 and newer, on every system."""

    name: ClassVar[str] = "powershell"
    source_template: ClassVar[str] = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one to complete, and that one."""
        from click.shell_completion import split_arg_string

        word = os.environ.get(f"{VARIABLE}_WORD", "")
        words = split_arg_string(os.environ.get(f"{VARIABLE}_LINE", ""))[1:]
        return (words[:-1] if word and words else words), word

    def format_completion(self, item: CompletionItem) -> str:
        """Return the kind, the value and the help, between tabs."""
        return f"{item.type}\t{item.value}\t{item.help or ''}"


def script_for(shell: str, command: click.Command) -> str:
    """Return what the shell is to run at its start."""
    return _class_of(shell)(command, {}, NAME, VARIABLE).source()


def complete_if_asked(command: click.Command) -> int | None:
    """Answer a shell that asks for completions; None if no shell asks."""
    instruction = os.environ.get(VARIABLE)
    if not instruction:
        return None
    _class_of("powershell")  # registers it
    if sys.platform == "win32" and sys.stdout:
        sys.stdout.reconfigure(newline="\n")  # type: ignore[union-attr]
    return complete_with_click(command, {}, NAME, VARIABLE, instruction)


def values_for(parameter: click.Parameter | None, metavar: str, incomplete: str) -> list[CompletionItem]:
    """Return values that fit the typed text; the kind `file` is the shell's."""
    if metavar in _FILES:
        return [CompletionItem(incomplete, type="file")]
    known = _known_values(parameter.name if parameter else None, metavar)
    if metavar == "FORMAT=PATH":
        chosen, equals, path = incomplete.partition("=")
        if equals and chosen:
            return [CompletionItem(path, type="file")]
    return [CompletionItem(value) for value in known if value.startswith(incomplete)]


def _known_values(name: str | None, metavar: str) -> Iterable[str]:
    if name in {"key_env", "management_key_env"}:
        return sorted(each for each in os.environ if "KEY" in each.upper() and not each.startswith("_"))
    if name in {"require_model", "probe", "successors"}:
        return known_models(os.environ)
    if metavar == "SCENARIO":
        from openrouter_preflight.simulator import scenario_names

        return scenario_names()
    if metavar == "FORMAT=PATH":
        from openrouter_preflight.settings.model import FORMATS

        return [f"{each}=" for each in FORMATS]
    return metavar.split("|") if "|" in metavar else ()


def complete_rules(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the rules whose names begin so, each with what it means."""
    from openrouter_preflight.findings import RULES

    return [CompletionItem(rule.name, help=rule.what) for rule in RULES.values() if rule.name.startswith(incomplete)]


def complete_scenarios(_context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the scenarios whose names begin so."""
    return values_for(parameter, "SCENARIO", incomplete)


def _class_of(shell: str) -> type[ShellComplete]:
    add_completion_class(_PowerShell)
    found = get_completion_class(shell)
    if found is None:
        raise LookupError(shell)
    return found
