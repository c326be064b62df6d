"""The JSON Schema (draft 2020-12) of the config file, for editors.

A schema sees values, not how they were spelled: that `1e3` is no amount, or that two entries name one variable, only
the reader can tell. Whatever the schema refuses, the reader refuses too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from openrouter_preflight.project import DOCS
from openrouter_preflight.settings.config.config_schema import FILE, ConfigMapping, ListOf

if TYPE_CHECKING:
    from openrouter_preflight.settings.config.config_schema import ConfigField, Shape

_HOME: Final = f"{DOCS}/config.schema.json"


def config_schema() -> dict[str, Any]:
    """The whole schema, ready for json.dumps."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _HOME,
        "title": "The config file of openrouter-preflight",
        **_schema_of(FILE),
    }


def _schema_of(shape: Shape) -> dict[str, Any]:
    if isinstance(shape, ConfigMapping):
        return _object_of(shape)
    if isinstance(shape, ListOf):
        return _array_of(shape)
    return dict(shape.schema)


def _object_of(shape: ConfigMapping) -> dict[str, Any]:
    properties = {
        name: {"description": word.help, **_schema_of(word.shape)} for word in shape.words for name in _spellings(word)
    }
    schema: dict[str, Any] = {
        "type": ["object", "null"] if shape.may_be_blank else "object",
        "properties": properties,
        "additionalProperties": False,
    }
    required = [word.name for word in shape.words if word.required]
    if required:
        schema["required"] = required
    twins = [{"type": "object", "required": _spellings(word)} for word in shape.words if word.alias]
    if twins:
        schema["not"] = {"anyOf": twins}
    return schema


def _array_of(shape: ListOf) -> dict[str, Any]:
    item = _schema_of(shape.item)
    array: dict[str, Any] = {"type": ["array", "null"] if shape.may_be_blank else "array", "items": item}
    if shape.not_empty:
        array["minItems"] = 1
    return {"anyOf": [array, item]} if shape.or_one else array


def _spellings(word: ConfigField) -> list[str]:
    return [word.name, word.alias] if word.alias else [word.name]
