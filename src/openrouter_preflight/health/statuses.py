"""HTTP statuses of OpenRouter: meanings, rules, and the next step.

Each meaning is a fact of API.md §3. Whatever decides between them is in `openrouter.reply_kind`, not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

STATUS_PAGE: Final = "https://status.openrouter.ai"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """One thing that a status can mean."""

    what: str
    rules: tuple[str, ...]
    """Rules that report it, the most likely one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """An HTTP status."""

    codes: tuple[str, ...]
    """As they are written: `401`, `5xx`."""
    title: str
    meanings: tuple[Meaning, ...]
    next_step: str


STATUSES: Final = (
    Status(
        codes=("400",),
        title="the request makes no sense to OpenRouter",
        meanings=(
            Meaning(
                what="The model's name is wrong, or it is asked at the wrong endpoint.", rules=("model-unavailable",)
            ),
            Meaning(what="A parameter is one that the model does not support.", rules=("model-lacks-capability",)),
        ),
        next_step="Name the model as `openrouter-preflight models` lists it.",
    ),
    Status(
        codes=("401",),
        title="the key is not accepted",
        meanings=(
            Meaning(
                what="The key was deleted, disabled or has expired.",
                rules=("key-rejected", "key-expired", "key-disabled"),
            ),
            Meaning(
                what="What was sent is no OpenRouter key, or no key at all.", rules=("key-malformed", "key-missing")
            ),
            Meaning(what="A management key was used for inference.", rules=("key-is-management",)),
            Meaning(
                what="A gateway in front of OpenRouter refuses: its answer says nothing about the key.",
                rules=("gateway-refused",),
            ),
            Meaning(
                what="An outage: in February 2026 good keys were answered `User not found.` for half an hour, so "
                "that one 401 is no proof.",
                rules=("service-unreachable",),
            ),
        ),
        next_step=f"Run `openrouter-preflight check`, which asks again and weighs all evidence; see {STATUS_PAGE}.",
    ),
    Status(
        codes=("402",),
        title="there is no credit for this request",
        meanings=(
            Meaning(
                what="The account is out of credit; a negative balance blocks :free models too.",
                rules=("credit-exhausted",),
            ),
            Meaning(
                what="The key's own limit is spent, which buying credit does not cure.", rules=("credit-exhausted",)
            ),
            Meaning(
                what="This one request is too dear: more output is asked for than can be paid, or too many requests "
                "are in flight. The account may have money.",
                rules=("probe-undecided",),
            ),
        ),
        next_step="Run `openrouter-preflight check --verbose` to see which ceiling applies and when it resets.",
    ),
    Status(
        codes=("403",),
        title="the key is known, and this is not allowed",
        meanings=(
            Meaning(
                what="A limit of the key, or a budget of its workspace or guardrail, is spent.",
                rules=("credit-exhausted",),
            ),
            Meaning(what="A guardrail, a permission or moderation refuses.", rules=("key-forbidden",)),
            Meaning(what="The request came through a region that the key may not use.", rules=("key-region-blocked",)),
            Meaning(
                what="The account allows certain IP addresses, and this is none of them.",
                rules=("address-not-allowed",),
            ),
            Meaning(
                what="The account bounds how long keys live, and this one lives longer.",
                rules=("key-lifetime-exceeded",),
            ),
            Meaning(
                what="An ordinary key asked for what only a management key may: it is not a bad key.",
                rules=("balance-unknown",),
            ),
            Meaning(what="A firewall or a blocked country: it says nothing about the key.", rules=("caller-blocked",)),
        ),
        next_step="Read the message beside the status: `openrouter-preflight check` sorts it.",
    ),
    Status(
        codes=("404",),
        title="there is nothing at this address",
        meanings=(
            Meaning(what="The base URL is wrong: OpenRouter answers with a page.", rules=("base-url-wrong",)),
            Meaning(
                what="The model is gone, or settings keep every provider of it away.", rules=("model-unavailable",)
            ),
        ),
        next_step="The base URL is https://openrouter.ai/api/v1; `openrouter-preflight models --successors ID` says "
        "what to move to from a model that is gone.",
    ),
    Status(
        codes=("408",),
        title="the request took too long",
        meanings=(Meaning(what="OpenRouter or a provider gave up waiting.", rules=("service-unreachable",)),),
        next_step="Ask again; shorten the request where it is always the same one.",
    ),
    Status(
        codes=("429",),
        title="too many requests",
        meanings=(
            Meaning(
                what="The rate is limited for now; Retry-After says for how long, where it is sent.",
                rules=("service-rate-limited",),
            ),
            Meaning(
                what="The account's free requests of today are used up: asking again before UTC midnight is pointless.",
                rules=("free-requests-exhausted",),
            ),
            Meaning(what="No provider of the model has capacity left.", rules=("probe-undecided",)),
        ),
        next_step="Wait as long as Retry-After says, or use the paid variant of a :free model.",
    ),
    Status(
        codes=("5xx", "500", "502", "503", "504", "520", "522", "524", "529"),
        title="OpenRouter or a provider is in trouble",
        meanings=(
            Meaning(
                what="An outage, or a provider that is overloaded: it says nothing about the key.",
                rules=("service-unreachable",),
            ),
            Meaning(what="A proxy on the way answered instead.", rules=("proxy-failed", "answer-intercepted")),
        ),
        next_step=f"See {STATUS_PAGE} and run it again; `--on-unreachable warn` lets an outage pass.",
    ),
)


def find_status(word: str) -> Status | None:
    """Return the status that `word` names: `401`, `5xx`, or a member."""
    spelled = word.strip().lower().removeprefix("http").strip()
    exact = next((status for status in STATUSES if spelled in status.codes), None)
    if exact is not None:
        return exact
    is_number = len(spelled) == 3 and spelled.isascii() and spelled[1:].isdigit()
    return next((status for status in STATUSES if is_number and f"{spelled[0]}xx" in status.codes), None)
