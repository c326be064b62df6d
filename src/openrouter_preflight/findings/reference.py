"""The reference page of rules, made from the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.findings.catalogue import RULES

if TYPE_CHECKING:
    from openrouter_preflight.findings.rule import Rule

_HEAD = """\
# Rules

Every situation that a report can name. Names are permanent. An error fails the run (exit code 1), or leaves it
incomplete (3) where the table says *undecided*; warnings and notes do not change the verdict. The same text comes from
`openrouter-preflight explain RULE`. Made from the catalogue: do not edit.

| rule | severity | what |
| --- | --- | --- |
"""


def rules_page() -> str:
    """The whole page: an overview, then a section for each rule."""
    overview = "".join(
        f"| [`{rule.name}`](#{rule.name}) | {_severity(rule)} | {rule.what} |\n" for rule in RULES.values()
    )
    return _HEAD + overview + "".join(_section(rule) for rule in RULES.values())


def _section(rule: Rule) -> str:
    return f"\n## `{rule.name}`\n\n{rule.what}\n\n- **Why it matters.** {rule.why}\n- **What to do.** {rule.fix}\n"


def _severity(rule: Rule) -> str:
    return f"{rule.severity}, undecided" if rule.undecided else str(rule.severity)
