"""`POST /analytics/query`: requests and spend, today included (API.md §6).

As the service does: counts are strings, `api_key_id` comes back as the key's name, and a hash that it cannot resolve
is only a warning, with which the query runs on over all keys.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from openrouter_preflight.simulator.clock import timestamp, window_start
from openrouter_preflight.simulator.endpoints.bodies import json_object
from openrouter_preflight.simulator.exchange import Answer, Call, Json, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from openrouter_preflight.simulator.account import Use

METRICS = ("request_count", "total_usage")
DIMENSIONS = ("model", "api_key_id", "workspace")
GRANULARITIES = ("minute", "hour", "day", "week", "month")
_MOST_ROWS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Query:
    metrics: tuple[str, ...]
    dimensions: tuple[str, ...]
    granularity: str | None
    start: datetime
    end: datetime
    limit: int
    keys: frozenset[str] | None
    warnings: tuple[str, ...]


def query_analytics(call: Call) -> Answer:
    """Rows for each combination of the dimensions that has any use."""
    query = _read(call, json_object(call.request.body))
    seen = call.now - call.quirks.usage_lag
    groups: dict[tuple[str, ...], list[Use]] = defaultdict(list)
    for use in call.account.uses:
        if query.start <= use.at < query.end and use.at <= seen and (query.keys is None or use.key in query.keys):
            groups[_group(call, query, use)].append(use)
    names = (*query.dimensions, *((f"created_at__{query.granularity}",) if query.granularity else ()))
    rows = [dict(zip(names, group, strict=True)) | _figures(query, uses) for group, uses in sorted(groups.items())]
    data: Json = {
        "data": rows[: query.limit],
        "metadata": {
            "row_count": len(rows[: query.limit]),
            "truncated": len(rows) > query.limit,
            "query_time_ms": 1,
        },
    }
    if query.warnings:
        data["warnings"] = list(query.warnings)
    return Answer(status=200, body={"data": data})


def show_analytics_meta(_call: Call) -> Answer:
    """Return the metrics and dimensions that exist."""
    return Answer(
        status=200,
        body={
            "data": {
                "metrics": [
                    {"name": name, "display_label": name, "display_format": "number", "is_rate": False}
                    for name in METRICS
                ],
                "dimensions": [{"name": name, "display_label": name} for name in DIMENSIONS],
                "granularities": [{"name": name, "display_label": name} for name in GRANULARITIES],
                "operators": [{"name": "eq", "value_type": "scalar"}, {"name": "in", "value_type": "array"}],
            }
        },
    )


def _read(call: Call, body: Json) -> _Query:
    metrics = _words(body, "metrics", METRICS)
    if not metrics:
        refuse(400, "metrics: at least one is required")
    dimensions = _words(body, "dimensions", DIMENSIONS)
    if len(dimensions) > 2:
        refuse(400, "dimensions: at most two")
    granularity = body.get("granularity")
    if granularity is not None and granularity not in GRANULARITIES:
        refuse(400, f"granularity: expected one of {', '.join(GRANULARITIES)}")
    limit = body.get("limit", _MOST_ROWS)
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= 10_000:
        refuse(400, "limit: expected a whole number from 1 to 10000")
    start, end = _range(call, body.get("time_range"))
    keys, warnings = _keys(call, body.get("filters", []))
    quirk = (call.quirks.analytics_warning,) if call.quirks.analytics_warning else ()
    return _Query(
        metrics=metrics,
        dimensions=dimensions,
        granularity=granularity,
        start=start,
        end=end,
        limit=limit,
        keys=keys,
        warnings=(*warnings, *quirk),
    )


def _words(body: Json, name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    value = body.get(name, [])
    if not isinstance(value, list) or any(word not in known for word in value):
        refuse(400, f"{name}: expected a list of {', '.join(known)}")
    return tuple(value)


def _range(call: Call, value: Any) -> tuple[datetime, datetime]:
    """The last seven days where none is given."""
    if value is None:
        return call.now - timedelta(days=7), call.now
    try:
        start, end = (datetime.fromisoformat(value[name]) for name in ("start", "end"))
        is_usable = start.utcoffset() == end.utcoffset() == timedelta(0) and start < end
    except (TypeError, KeyError, ValueError):
        is_usable = False
    if not is_usable:
        refuse(400, "time_range: expected start and end in UTC with seconds, start first")
    return start, end


def _keys(call: Call, filters: Any) -> tuple[frozenset[str] | None, list[str]]:
    """Return the keys that the filters name, with a warning per unknown hash."""
    if not isinstance(filters, list):
        refuse(400, "filters: expected a list")
    found: frozenset[str] | None = None
    warnings: list[str] = []
    for each in filters:
        if not isinstance(each, dict) or each.get("field") != "api_key_id" or each.get("operator") not in {"eq", "in"}:
            refuse(400, "filters: the simulator knows api_key_id with eq and in")
        wanted = each["value"] if isinstance(each.get("value"), list) else [each.get("value")]
        known = [str(one) for one in wanted if one in call.account.keys]
        warnings += [f"api_key_id {str(one)[:12]} could not be resolved" for one in wanted if one not in known]
        if len(known) == len(wanted):
            found = frozenset(known) if found is None else found & frozenset(known)
    return found, warnings


def _group(call: Call, query: _Query, use: Use) -> tuple[str, ...]:
    key = call.account.keys.get(use.key)
    parts: dict[str, Callable[[], str]] = {
        "model": lambda: use.model,
        "api_key_id": lambda: key.name if key else "deleted",
        "workspace": lambda: key.workspace_id if key else call.account.workspaces[0].id,
    }
    moment = (_floor(use.at, query.granularity),) if query.granularity else ()
    return (*(parts[name]() for name in query.dimensions), *moment)


def _floor(moment: datetime, granularity: str) -> str:
    if granularity in {"week", "month"}:
        return window_start("weekly" if granularity == "week" else "monthly", moment).isoformat()
    floored = moment.replace(second=0, microsecond=0)
    if granularity in {"hour", "day"}:
        floored = floored.replace(minute=0)
    return timestamp(floored.replace(hour=0) if granularity == "day" else floored) or ""


def _figures(query: _Query, uses: Iterable[Use]) -> Json:
    listed = list(uses)
    figures: Json = {
        "request_count": str(sum(use.requests for use in listed)),
        "total_usage": float(sum((use.usd for use in listed), Decimal(0))),
    }
    return {name: figures[name] for name in query.metrics}
