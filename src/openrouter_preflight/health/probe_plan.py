"""ProbePlan and Probe: a completion that may be sent, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from openrouter_preflight.openrouter.activity import Completion
    from openrouter_preflight.openrouter.request import Answer

_PROMPT: Final = "Reply with the single word OK."


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbePlan:
    """A completion that may be sent, and what it can cost."""

    model: str
    tokens: int
    """The longest answer asked for."""
    price: Decimal | None
    """USD for a token of the answer; None where it is not known beforehand."""
    longest: int
    """The longest answer that can come."""
    most_usd: Decimal | None
    """The highest cost; None where it is not known beforehand."""
    stop: tuple[str, ...] = ()

    @property
    def payload(self) -> Mapping[str, object]:
        """The request's body."""
        asked: dict[str, object] = {
            "model": self.model,
            "messages": [{"role": "user", "content": _PROMPT}],
            "max_tokens": self.tokens,
            "usage": {"include": True},
        }
        return {**asked, "stop": list(self.stop)} if self.stop else asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A sent completion and its answer."""

    plan: ProbePlan
    answer: Answer[Completion]
