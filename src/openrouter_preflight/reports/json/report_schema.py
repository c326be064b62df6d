"""The JSON Schema of the JSON report; docs/report.schema.json is made from it.

It is open: fields are only ever added to the report, so a reader ignores those it does not know.
"""

from __future__ import annotations

from typing import Any, Final

from openrouter_preflight.findings import RULES, SCHEMA, ExitCode, KeyState, Severity, Verdict

_TEXT: Final = {"type": "string"}
_WHOLE: Final = {"type": "integer"}
_FLAG: Final = {"type": "boolean"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_MONEY: Final = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "description": "USD, all digits, no exponent."}
_TIME: Final = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$", "description": "UTC."}
_DATE: Final = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_FINGERPRINT: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256 of the key."}
_POSITION: Final = {"type": "integer", "minimum": 1}


def report_schema() -> dict[str, Any]:
    """The schema, in JSON Schema 2020-12."""
    document = _object(
        {
            "schema": {"const": SCHEMA},
            "version": _TEXT,
            "command": _TEXT,
            "verdict": _one_of(Verdict),
            "exit_code": {"enum": [ExitCode.PASS.value, ExitCode.FAIL.value, ExitCode.INCOMPLETE.value]},
            "simulated": {**_FLAG, "description": "The answers are the embedded simulator's, not OpenRouter's."},
            "scenario": {**_or_null(_TEXT), "description": "The simulator's scenario."},
            "base_url": {**_or_null(_TEXT), "description": "Where keys were sent, unless it is the default."},
            "keys": _list(_KEY),
            "account": _or_null(_ACCOUNT),
            "scan": _or_null(_SCAN),
            "findings": _list(_FINDING),
            "dry_run": {**_FLAG, "description": "The writes were not made."},
            "writes": {**_list(_WRITE), "description": "Every write that was made, in order; in a dry run, would be."},
        }
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "openrouter-preflight report",
        **document,
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


def _one_of(words: type[Verdict | KeyState | Severity]) -> dict[str, Any]:
    return {"enum": [word.value for word in words]}


_CEILING: Final = _object(
    {
        "name": _TEXT,
        "remaining_usd": _or_null(_MONEY),
        "limit_usd": _or_null(_MONEY),
        "spent_usd": _or_null(_MONEY),
        "reset_interval": _or_null(_TEXT),
        "resets_at": _or_null(_TIME),
        "certain": {**_FLAG, "description": "False where the figure is best effort."},
        "binds": {**_FLAG, "description": "It is the lowest of the key's ceilings."},
    }
)
_KEY: Final = _object(
    {
        "name": _TEXT,
        "source": _TEXT,
        "fingerprint": _or_null(_FINGERPRINT),
        "label": {**_or_null(_TEXT), "description": "The key's first and last characters."},
        "state": _one_of(KeyState),
        "kind": {"enum": ["inference", "management", "unknown"]},
        "spendable_usd": _or_null(_MONEY),
        "spendable_is_certain": {
            **_FLAG,
            "description": "False where spendable_usd is an upper bound: the account's balance is not known.",
        },
        "binding_ceiling": {**_or_null(_TEXT), "description": "`key_limit`, `account`, or a budget's scope."},
        "resets_at": _or_null(_TIME),
        "expires_at": _or_null(_TIME),
        "runway_days": {
            **_or_null({"type": "number"}),
            "description": "Null where it was not asked for, is not known, or does not end.",
        },
        "runway_unlimited": {**_FLAG, "description": "At the expected rate it does not end within ten years."},
        "ceilings": _list(_CEILING),
        "free_requests": {
            **_or_null(
                _object(
                    {
                        "used": _or_null(_WHOLE),
                        "limit": _or_null(_WHOLE),
                        "remaining": _WHOLE,
                        "resets_at": _TIME,
                    }
                )
            ),
            "description": "The account's requests to :free models today.",
        },
        "daily_spend_usd": _list(_object({"date": _DATE, "usd": _or_null(_MONEY)})),
        "usage_usd": {
            **_or_null(_object({name: _or_null(_MONEY) for name in ("total", "day", "week", "month")})),
            "description": "Spent in all, and in the current UTC day, week and month.",
        },
        "name_at_openrouter": _or_null(_TEXT),
        "workspace": {**_or_null(_TEXT), "description": "The name of its workspace."},
        "created_at": _or_null(_TIME),
        "last_used_at": {**_or_null(_TIME), "description": "The latest use recorded since the end of 2025."},
        "disabled": _or_null(_FLAG),
    }
)
_ACCOUNT: Final = _object(
    {
        "balance_usd": _or_null(_MONEY),
        "credits_usd": _or_null(_MONEY),
        "usage_usd": _or_null(_MONEY),
    }
)
_REFS: Final = _object(
    {
        "count": _COUNT,
        "digest": {"type": "string", "description": "SHA-256 of all names with what they point to."},
        "head": {**_or_null(_TEXT), "description": "The commit that is checked out."},
        "tips": {
            "type": "object",
            "additionalProperties": _TEXT,
            "description": "Objects by the refs that point to them, of at most 20 refs.",
        },
    }
)
_SCAN: Final = _object(
    {
        "mode": _TEXT,
        "objects": _COUNT,
        "bytes": _COUNT,
        "commits": _COUNT,
        "complete": _FLAG,
        "shard": {**_or_null(_TEXT), "description": "`2/9`: only that share of the history was read."},
        "repository": {**_or_null(_TEXT), "description": "The name of the repository, where it is known."},
        "refs": {**_or_null(_REFS), "description": "The state in which the history was read."},
    }
)
_WRITE: Final = _object(
    {
        "method": {**_TEXT, "examples": ["POST", "PATCH", "DELETE", "HAND OVER"]},
        "path": {**_TEXT, "description": "Below the base URL, or the destination of a key."},
        "fingerprint": _or_null(_FINGERPRINT),
        "status": {**_or_null(_WHOLE), "description": "Null where no answer came, or none was requested."},
        "what": _TEXT,
    }
)
_FINDING: Final = _object(
    {
        "rule": {**_TEXT, "examples": list(RULES), "description": "Never renamed; new rules may be added."},
        "severity": _one_of(Severity),
        "message": {**_TEXT, "description": "Made of `what`, `where` and `remarks`."},
        "what": _TEXT,
        "where": _or_null(_TEXT),
        "remarks": _list(_TEXT),
        "about": {**_or_null(_TEXT), "description": "Another thing than a key that it is about, such as a model."},
        "help": _TEXT,
        "key": _or_null(_TEXT),
        "fingerprint": _or_null(_FINGERPRINT),
        "live": _or_null({"enum": ["alive", "dead", "unknown"]}),
        "repository": {**_or_null(_TEXT), "description": "Its repository, in a report about several."},
        "path": _or_null(_TEXT),
        "line": _or_null(_POSITION),
        "column": _or_null(_POSITION),
        "commit": _or_null(_TEXT),
        "ref": _or_null(_TEXT),
        "refs": {**_list(_TEXT), "description": "The first of the refs that reach the commit, at most 20."},
        "refs_count": {**_COUNT, "description": "All of them."},
        "author_date": _or_null(_TEXT),
        "in_head": _or_null(_FLAG),
        "encoding": _or_null(_TEXT),
        "member": _or_null(_TEXT),
    }
)
