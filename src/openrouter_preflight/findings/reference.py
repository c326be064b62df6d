"""The reference pages of the rules, made from the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrouter_preflight.findings.catalogue import RULES

if TYPE_CHECKING:
    from openrouter_preflight.findings.rule import Rule

_HEAD = """\
# Rules

Every situation that a report can name, each with a page of its own. Names are permanent. An error fails the run (exit
code 1) or, where the table says *incomplete*, leaves it undecided (exit code 3). Warnings and notes do not change the
verdict. `openrouter-preflight explain RULE` prints the same text.

| rule | severity | what |
| --- | --- | --- |
"""


def rules_index() -> str:
    """The overview: a row for each rule."""
    return _HEAD + "".join(
        f"| [`{rule.name}`]({rule.name}.md) | {_severity(rule)} | {rule.what} |\n" for rule in RULES.values()
    )


def rule_text(rule: Rule, example: str) -> str:
    """Return the page of one rule; `example` is Markdown, before and after."""
    if rule.severity != "error":
        outcome = "the verdict does not change"
    else:
        outcome = "the run is incomplete, exit code 3" if rule.undecided else "the run fails, exit code 1"
    shown = f"\n## Example\n\n{example}" if example else ""
    return f"""\
# `{rule.name}`

{rule.what}

Severity: **{rule.severity}**; {outcome}.

## Why it matters

{rule.why}

## What to do

{rule.fix}
{shown}"""


def _severity(rule: Rule) -> str:
    return f"{rule.severity}, incomplete" if rule.undecided else str(rule.severity)
