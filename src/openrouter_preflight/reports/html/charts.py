"""Bars and columns of SVG, with their figures beside them in words."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from openrouter_preflight.reports import words
from openrouter_preflight.reports.html.markup import Markup, element

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from openrouter_preflight.findings import Ceiling, KeyStatus

_CEILINGS: Final = 20
"""Drawn of one key; the JSON report lists them all."""
_DAYS: Final = 31
_LOW, _SCARCE = Decimal("0.25"), Decimal("0.1")
"""Shares of a limit at which its bar changes colour."""
_HEIGHT: Final = 40
_NAMES: Final = 5


def ceilings(key: KeyStatus) -> Iterable[Markup]:
    """A bar for each ceiling of the key, with its figures."""
    applies = words.binding_ceiling(key)
    for ceiling in key.ceilings[:_CEILINGS]:
        yield _ceiling(ceiling, applies=ceiling is applies)
    if len(key.ceilings) > _CEILINGS:
        more = words.count(len(key.ceilings) - _CEILINGS, "more limit")
        yield element("p", f"…and {more}; the JSON report lists them all.", class_="dim")


def _ceiling(ceiling: Ceiling, *, applies: bool) -> Markup:
    name = words.ceiling_name(ceiling.name)
    of = f" of {words.usd(ceiling.limit)}" if ceiling.limit is not None else ""
    spent = f", {words.usd(ceiling.spent)} spent" if ceiling.spent is not None else ""
    reset = words.reset_of(ceiling)
    when = "" if not reset else ", never resets" if reset == "never" else f", resets {reset}"
    said = f"{words.left(ceiling)}{of} left{spent}{when}"
    caption = element(
        "figcaption",
        element("span", name[:1].upper() + name[1:], class_="tag"),
        ": " + said,
        element("span", " · the limit that applies", class_="dim") if applies else "",
    )
    return element("figure", caption, bar(ceiling, f"{name}: {said}"))


def bar(ceiling: Ceiling, label: str) -> str:
    """A bar of what is left of the ceiling; empty where it has no limit."""
    if ceiling.limit is None or ceiling.limit <= 0:
        return ""
    share = min(Decimal(1), max(Decimal(0), ceiling.remaining / ceiling.limit))
    shade = "bad-bar" if share <= _SCARCE else "warn-bar" if share <= _LOW else "good-bar"
    width = max(round(float(share) * 100, 1), 1 if ceiling.remaining > 0 else 0)
    bars = (
        element("rect", class_="track", width=100, height=10),
        element("rect", class_=shade, width=f"{width:g}", height=10),
    )
    return _drawing(label, "bar", 100, 10, *bars)


def share_bar(share: Decimal, label: str) -> Markup:
    """A bar of a share from 0 to 1; a little of it for anything at all."""
    width = max(round(float(share) * 100, 1), 1 if share > 0 else 0)
    track = element("rect", class_="track", width=100, height=10)
    return _drawing(label, "bar", 100, 10, track, element("rect", class_="day", width=f"{width:g}", height=10))


def daily_spend(days: Sequence[tuple[date, Decimal]], names: Sequence[str]) -> Markup:
    """Draw a column for each day; a refund is drawn as nothing."""
    days = days[-_DAYS:]
    highest_day, highest = max(days, key=lambda spend: spend[1])
    total = sum((spent for _, spent in days), Decimal(0))
    first, last = f"{days[0][0]:%Y-%m-%d}", f"{days[-1][0]:%Y-%m-%d}"
    said = (
        f"{words.usd(total)} in {words.count(len(days), 'day')}, at most {words.usd(highest)} on {highest_day:%Y-%m-%d}"
    )
    columns = []
    for number, (day, spent) in enumerate(days):
        height = round(float(max(spent, Decimal(0)) / highest) * _HEIGHT, 2) if highest > 0 else 0
        title = element("title", f"{day:%Y-%m-%d}: {words.usd(spent)}")
        x, y = number * 10 + 1, f"{_HEIGHT - height:g}"
        columns.append(element("rect", title, class_="day", x=x, y=y, width=8, height=f"{height:g}"))
    of = f"The account of {', '.join(names[:_NAMES])}" + (", …" if len(names) > _NAMES else "")
    return element(
        "figure",
        element("figcaption", element("span", of, class_="tag"), ": " + said),
        _drawing(f"{of}, spend by day, {first} to {last}: {said}", "spend", len(days) * 10, _HEIGHT, *columns),
        element("div", element("span", first), element("span", last), class_="ends", aria_hidden="true"),
    )


def _drawing(label: str, kind: str, width: int, height: int, *shapes: Markup) -> Markup:
    return element(
        "svg",
        *shapes,
        role="img",
        aria_label=label,
        class_=kind,
        viewBox=f"0 0 {width} {height}",
        preserveAspectRatio="none",
    )
