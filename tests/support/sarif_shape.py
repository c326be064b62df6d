"""The part of SARIF 2.1.0 that we write, as strict as the standard and GitHub's code scanning are about it.

The official schema is not ours to copy. Where the variable SARIF_SCHEMA names a copy of it, the tests use it too.
"""

from __future__ import annotations

from typing import Any


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    properties = {**required, **(optional or {})}
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}


def _list(items: dict[str, Any], **limits: int) -> dict[str, Any]:
    return {"type": "array", "items": items, **limits}


_TEXT = {"type": "string", "minLength": 1}
_POSITION = {"type": "integer", "minimum": 1}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_MESSAGE = _object({"text": _TEXT})
_SHORT_MESSAGE = _object({"text": {**_TEXT, "maxLength": 1024}})
_RULE_PROPERTIES = _object(
    {
        "tags": _list(_TEXT, maxItems=10),
        "precision": {"enum": ["very-high", "high", "medium", "low"]},
        "problem.severity": {"enum": ["error", "warning", "recommendation"]},
    },
    {"security-severity": {"type": "string", "pattern": r"^(10\.0|[0-9]\.[0-9])$"}},
)
_RULE = _object(
    {
        "id": _TEXT,
        "helpUri": _TEXT,
        "shortDescription": _SHORT_MESSAGE,
        "fullDescription": _SHORT_MESSAGE,
        "help": _object({"text": _TEXT, "markdown": _TEXT}),
        "defaultConfiguration": _object({"level": _LEVEL}),
        "properties": _RULE_PROPERTIES,
    }
)
_REGION = _object({"startLine": _POSITION}, {"startColumn": _POSITION, "endLine": _POSITION, "endColumn": _POSITION})
_URI = {"type": "string", "pattern": r"^(file:///)?([A-Za-z0-9._~/-]|%[0-9A-F]{2})+$"}
_LOCATION = _object({"physicalLocation": _object({"artifactLocation": _object({"uri": _URI}), "region": _REGION})})
_RESULT = _object(
    {
        "ruleId": _TEXT,
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": _LEVEL,
        "message": _MESSAGE,
        "locations": _list(_LOCATION, minItems=1, maxItems=1),
        "partialFingerprints": _object(
            {"primaryLocationLineHash": {"type": "string", "pattern": r"^[0-9a-f]{32}:\d+$"}}
        ),
        "properties": {"type": "object"},
    }
)
_INVOCATION = _object(
    {
        "executionSuccessful": {"type": "boolean"},
        "exitCode": {"type": "integer"},
        "toolExecutionNotifications": _list(_object({"level": _LEVEL, "message": _MESSAGE})),
    }
)
_DRIVER = _object(
    {
        "name": _TEXT,
        "semanticVersion": _TEXT,
        "informationUri": _TEXT,
        "rules": _list(_RULE, maxItems=25_000),
    }
)
_RUN = _object(
    {
        "tool": _object({"driver": _DRIVER}),
        "automationDetails": _object({"id": {**_TEXT, "pattern": "/$"}}),
        "invocations": _list(_INVOCATION, maxItems=1),
        "columnKind": {"const": "unicodeCodePoints"},
        "results": _list(_RESULT, maxItems=5_000),
    }
)
SARIF_SHAPE = _object({"$schema": _TEXT, "version": {"const": "2.1.0"}, "runs": _list(_RUN, minItems=1, maxItems=20)})
