"""The project's home: addresses in messages, reports and generated files."""

from __future__ import annotations

from typing import Final

REPOSITORY: Final = "OWNER/openrouter-preflight"
HOME: Final = f"https://github.com/{REPOSITORY}"
DOCS: Final = "https://OWNER.github.io/openrouter-preflight"


def rule_page(name: str) -> str:
    """The documentation page of the rule of that name."""
    return f"{DOCS}/rules/{name}/"
