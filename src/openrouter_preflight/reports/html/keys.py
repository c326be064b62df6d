"""The keys of a page: a card for each of a few, a table row for each of many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings import KeyState
from openrouter_preflight.reports import audit_table, words
from openrouter_preflight.reports.html.charts import bar, ceilings, daily_spend, share_bar
from openrouter_preflight.reports.html.markup import Markup, element, join
from openrouter_preflight.reports.key_table import HEADINGS, cells, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openrouter_preflight.findings import KeyStatus, Outcome
    from openrouter_preflight.reports.interface import ReportContext

_CARDS: Final = 12
"""Of more keys than that, each is a row of a table."""
_ROWS: Final = 2000
_ACCOUNTS: Final = 20


def keys_section(outcome: Outcome, context: ReportContext) -> Iterable[Markup]:
    """Everything about the keys, under headings; nothing where there are none."""
    keys = outcome.keys
    if not keys:
        return
    yield element("h2", "Keys")
    if outcome.command == audit_table.COMMAND:
        yield from _audited(outcome, context)
        return
    if len(keys) <= _CARDS:
        yield element("div", *(_card(key, context) for key in keys), class_="keys")
    else:
        yield _table(keys[:_ROWS], context)
    if len(keys) > _ROWS:
        yield element("p", f"…and {words.count(len(keys) - _ROWS, 'more key')}; the JSON report lists them all.")
    yield from _spend(keys)


def _audited(outcome: Outcome, context: ReportContext) -> Iterable[Markup]:
    """Return the keys of an account with a bar for each one's share."""
    keys = outcome.keys[:_ROWS]
    yield element("p", audit_table.account(outcome))
    head = [element("th", heading.capitalize(), scope="col") for heading in audit_table.HEADINGS]
    body = []
    for key, share in zip(keys, audit_table.shares(outcome.keys), strict=False):
        name, *others = audit_table.cells(key, share, context.now)
        percent = audit_table.percent(share)
        others[audit_table.SHARE - 1] = join([percent, share_bar(share, f"{key.name}: {percent} of what was spent")])
        cells_ = (element("td", other) for other in others)
        body.append(element("tr", element("th", element("code", name), scope="row"), *cells_))
    table = element("table", element("thead", element("tr", *head)), element("tbody", *body))
    yield element("div", table, class_="wide", role="region", aria_label="Keys", tabindex="0")
    if len(outcome.keys) > len(keys):
        more = words.count(len(outcome.keys) - len(keys), "more key")
        yield element("p", f"…and {more} that spent less; the JSON report lists them all.")


def _card(key: KeyStatus, context: ReportContext) -> Markup:
    return element(
        "section",
        element("h3", element("code", key.name), " ", _state(key)),
        element("p", sentence(key, context.now)),
        element("p", "; ".join(_record(key)), class_="small dim") if _record(key) else "",
        *ceilings(key),
        class_="card",
    )


def _state(key: KeyStatus) -> Markup:
    kind = "pass" if key.state is KeyState.VALID else "dim" if key.state is KeyState.SKIPPED else "fail"
    return element("span", key.state.value, class_=kind)


def _record(key: KeyStatus) -> list[str]:
    """Facts that identify the key, and those of its record at OpenRouter."""
    month = key.usage.month if key.usage is not None else None
    facts = {
        "label": key.label,
        "fingerprint": key.fingerprint,
        "name": key.name_at_openrouter if key.name_at_openrouter != key.name else None,
        "workspace": key.workspace,
        "spent this month": None if month is None else words.usd(month),
        "created": None if key.created_at is None else words.moment(key.created_at),
        "last used": None if key.last_used_at is None else words.moment(key.last_used_at),
    }
    said = [f"{name} {value}" for name, value in facts.items() if value]
    return [*said, "disabled"] if key.disabled else said


def _table(keys: Sequence[KeyStatus], context: ReportContext) -> Markup:
    """A row for each key, without columns in which nothing is known."""
    titles = [*(heading.capitalize() for heading in HEADINGS), "This month", "Workspace", "Last used"]
    rows = [
        (
            *cells(key, context.now),
            words.usd(key.usage.month) if key.usage is not None and key.usage.month is not None else "",
            key.workspace or "",
            words.moment(key.last_used_at) if key.last_used_at else "",
        )
        for key in keys
    ]
    used = [any(row[column] for row in rows) for column in range(len(titles))]
    head = [element("th", title, scope="col") for title, is_used in zip(titles, used, strict=True) if is_used]
    body = [element("tr", *_row(key, row, used)) for key, row in zip(keys, rows, strict=True)]
    table = element("table", element("thead", element("tr", *head)), element("tbody", *body))
    return element("div", table, class_="wide", role="region", aria_label="Keys", tabindex="0")


def _row(key: KeyStatus, row: Sequence[str], used: Sequence[bool]) -> Iterable[Markup]:
    name, state, spendable, *others = row
    applies = words.binding_ceiling(key)
    drawn = bar(applies, f"{key.name} can spend {spendable}") if applies is not None else ""
    shown = (element("code", name), _state(key) if state else "", [spendable, drawn], *others)
    for number, (cell, is_used) in enumerate(zip(shown, used, strict=True)):
        if is_used and number == 0:
            yield element("th", cell, scope="row")
        elif is_used:
            yield element("td", cell)


def _spend(keys: Sequence[KeyStatus]) -> Iterable[Markup]:
    """The spend by day of each account: keys of one account have the same."""
    accounts: dict[tuple[object, ...], list[KeyStatus]] = {}
    for key in keys:
        if key.daily_spend_usd:
            accounts.setdefault(key.daily_spend_usd, []).append(key)
    if accounts:
        yield element("h2", "Spend by day")
    for number, members in enumerate(accounts.values()):
        if number == _ACCOUNTS:
            yield element("p", f"…and {words.count(len(accounts) - number, 'more account')}.")
            return
        yield daily_spend(members[0].daily_spend_usd, [key.name for key in members])
