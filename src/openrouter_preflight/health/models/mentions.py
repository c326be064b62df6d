"""Mentions of models in any text, with their certainty. Pure.

Everything of the shape is found; the catalogue says later which names are models. What is part of a longer path or of
a package's name, or ends as a file does, is left out, and so is what its key or command calls something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from openrouter_preflight.health.models.comments import without_comments
from openrouter_preflight.health.models.matching import ROUTING_SUFFIXES
from openrouter_preflight.health.models.named_models import Certainty
from openrouter_preflight.health.models.outline import Scope, outline
from openrouter_preflight.health.models.providers import (
    Route,
    names_model,
    names_thing,
    route_of_address,
    route_of_word,
    speaks_of_others_alone,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from openrouter_preflight.health.models.outline import Line

_NAME: Final = re.compile(
    r"(?:(?<![\w./@~\\%$-])|(?<=:-))"
    r"(?:(?P<prefix>[Oo]pen[Rr]outer[/:])(?=~?[\w-]+/))?"
    r"(?P<name>~?[A-Za-z0-9][A-Za-z0-9-]{1,40}/[A-Za-z0-9][A-Za-z0-9._-]{1,80}(?::[a-z0-9-]{2,20}){0,3})"
    r"(?P<preset>@preset/[\w-]+)?"
    r"(?![\w/({-]|@|[.:]\w)"
)
_PRESET: Final = re.compile(r"(?<![\w/.-])@preset/[A-Za-z0-9_-]+")
_KEY: Final = r"(?P<key>[A-Za-z_$][\w.$-]*)"
_ASSIGNED: Final = re.compile(_KEY + r"""\\?["'`\]]?\s{0,4}(?::=|=>|[:=(]|=\s*\()\s{0,4}[\[(]?\s{0,4}\\?["'`]?$""")
_DEFAULT: Final = re.compile(_KEY + r"""["'`\])]{0,3}(?:\s{0,4}(?:\|\||\?\?|\?:|\bor\b)\s{0,4}|:[-=])\\?["'`]?$""")
_SECOND_ARGUMENT: Final = re.compile(
    r"""\(\s{0,4}["'`]""" + _KEY + r"""["'`]\s{0,4},\s{0,4}(?:\w+\s{0,4}=\s{0,4})?["'`]$"""
)
_ANNOTATED: Final = re.compile(_KEY + r"""\s{0,4}:\s{0,4}[\w.\[\]|, ]{1,40}=\s{0,4}["']$""")
_FLAG: Final = re.compile(r"(?<![\w-])--(?P<key>[a-z][a-z-]*)[= ]\s*[\"']?$")
_SHORT_FLAG: Final = re.compile(
    r"\b(?:llm|aichat|mods|codex|opencode|goose|sgpt|aider)\b"
    r"[^|;&\n]{0,200}\s-m[= ]?[\"']?$"
)
_BY_LAST_CHARACTER: Final = {
    ",": (_SECOND_ARGUMENT,),
    ":": (_ASSIGNED, _DEFAULT),
    "=": (_ANNOTATED, _ASSIGNED, _DEFAULT),
    ">": (_ASSIGNED,),
    "|": (_DEFAULT,),
    "?": (_DEFAULT,),
    "-": (_DEFAULT,),
    "r": (_DEFAULT,),
}
"""The patterns that can match before a name, by the last character before its quotes; most names have none."""
_COMMAND: Final = re.compile(
    r"\b(?:docker|podman|git|gh|npm|npx|pnpm|yarn|bun|pip|uvx?|brew|cargo|composer|helm|import|require|FROM)\s[^|;&\n]*$"
)
_REACH: Final = 160
"""Characters before a name in which its key stands."""
_MOST_SCOPES: Final = 40
_FILE_ENDINGS: Final = re.compile(
    r"\.(?:py|pyi|js|mjs|cjs|ts|tsx|jsx|json|jsonl|ya?ml|toml|md|rst|txt|html?|css|sh|go|rs|rb|java|php|lock|cfg|ini|"
    r"proto|png|svg|jpe?g|gif|pdf|csv|zip|gz|env|git)$",
    re.IGNORECASE,
)
_FOLDERS: Final = frozenset({"src", "lib", "test", "tests", "docs", "examples", "packages", "api", "dist", "scripts"})
_VARIANTS: Final = frozenset({":free", ":extended", ":thinking", ":beta", *ROUTING_SUFFIXES})
_IDENTIFIERS: Final = frozenset({"id", "slug"})
_NAMING_KEYS: Final = frozenset({"id", "slug", "name", "default", "primary"})
_TELLING_VARIANTS: Final = _VARIANTS - {":beta"}
"""Suffixes that nothing but a model of OpenRouter has; images have the tag `beta`, too."""
_BASE_WORDS: Final = re.compile(
    r"(?:api)?_?-?(?:base|host|endpoint)_?-?(?:url|uri)?$|(?:base|api)?_?-?url$", re.IGNORECASE
)
_PROVIDER_KEYS: Final = frozenset({"provider", "apiprovider", "llmprovider", "customllmprovider", "litellmprovider"})
_LITELLM: Final = re.compile(r"\blitellm_params\b|(?<![\w./])openrouter/[\w.-]+/[\w.-]+")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name that has the shape of a model's."""

    name: str
    line: int
    """From 1."""
    certainty: Certainty
    list_id: int | None = None
    """Equal for the names of one list."""


def mentions(text: str, file_name: str = "") -> Iterator[Mention]:
    """Yield every name of the shape in order, without `openrouter/`."""
    bare = without_comments(text.replace("\\/", "/"), file_name)
    file = _File(
        has_two_dialects=_LITELLM.search(bare) is not None,
        is_of_others=speaks_of_others_alone(bare),
        speaks_of_openrouter="openrouter" in bare.lower(),
    )
    for found in list(_found(bare)):
        yield Mention(found.name, found.line, _certainty(found, file), found.list_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    has_two_dialects: bool
    """Names without `openrouter/` in front are other services': LiteLLM's way of writing."""
    is_of_others: bool
    speaks_of_openrouter: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A name with what stands around it."""

    name: str
    line: int
    prefix: str
    before: str
    key: str
    """The key, flag, variable or function right in front of it; empty where there is none."""
    is_item: bool
    """True for a value by itself within its scope."""
    is_value: bool
    """True for all of a value, not a word in a sentence."""
    scope: Scope

    @property
    def list_id(self) -> int | None:
        return id(self.scope) if self.is_item or self.scope.opener == "[" else None


def _found(text: str) -> Iterator[_Found]:
    for number, line in enumerate(outline(text), start=1):
        if "/" not in line.text:
            continue
        for match in (*_NAME.finditer(line.text), *_PRESET.finditer(line.text)):
            is_preset = match.re is _PRESET
            name = match[0] if is_preset else _cleaned(match)
            if name is None:
                continue
            before = line.text[max(match.start() - _REACH, 0) : match.start()]
            after = line.text[match.end() : match.end() + 1]
            if after == "*" and not before.endswith("*"):
                continue
            key = _key(before)
            is_item = not key and _begins_value(before)
            yield _Found(
                name=name,
                line=number,
                prefix="" if is_preset else match["prefix"] or "",
                before=before,
                key=key,
                is_item=is_item,
                is_value=bool(key) or is_item,
                scope=_scope(line, match.start()),
            )


def _scope(line: Line, column: int) -> Scope:
    return line.scope_at(column)


def _key(before: str) -> str:
    """The key of a value: what it is assigned to, defaults for, or given to."""
    if " -m" in before and _SHORT_FLAG.search(before):
        return "model"
    last = before.rstrip("\"'`\\ [(\t")[-1:]
    patterns: tuple[re.Pattern[str], ...] = _BY_LAST_CHARACTER.get(last, ())
    if before.rstrip(" \t\"'`").endswith(("(", "[")):
        patterns = (_ASSIGNED,)
    for pattern in (*patterns, *((_FLAG,) if "--" in before else ())):
        if found := pattern.search(before):
            return str(found["key"])
    return ""


def _begins_value(before: str) -> bool:
    """Return True where a value begins after this text."""
    return re.search(r"""(?:^|[\[{(,]|^\s*-)\s*["'`]?$""", before) is not None


def _cleaned(match: re.Match[str]) -> str | None:
    """The name as OpenRouter has it; None where it is none."""
    name, prefix = match["name"].rstrip("._-"), match["prefix"]
    stem, *variants = name.split(":")
    vendor, _, model = stem.partition("/")
    if any(f":{variant}" not in _VARIANTS for variant in variants) or _FILE_ENDINGS.search(model):
        return None
    if prefix:
        return None if vendor.lower() in _FOLDERS else name + (match["preset"] or "")
    return None if name != name.lower() else name + (match["preset"] or "")


def _certainty(found: _Found, file: _File) -> Certainty:
    if found.prefix:
        return Certainty.PROVEN
    if found.name.startswith("@preset/"):
        return Certainty.PROVEN
    route = _route(found, file)
    is_marked = _is_marked(found)
    if route is Route.OTHER or (route is Route.UNKNOWN and (file.has_two_dialects or file.is_of_others)):
        return Certainty.OTHERS
    if not is_marked and (_is_thing(found) or _COMMAND.search(found.before)):
        return Certainty.OTHERS
    if route_of_word(found.key) is Route.OPENROUTER or (is_marked and route is Route.OPENROUTER):
        return Certainty.PROVEN
    if is_marked or _has_telling_variant(found.name):
        return Certainty.MARKED
    if route is Route.OPENROUTER and found.is_value:
        return Certainty.ROUTED
    return Certainty.IDENTIFIED if found.key.lower() in _IDENTIFIERS else Certainty.PLAIN


def _has_telling_variant(name: str) -> bool:
    return any(f":{variant}" in _TELLING_VARIANTS for variant in name.split(":")[1:])


def _is_marked(found: _Found) -> bool:
    """Return True where its key, or its list's, calls it a model."""
    if names_model(found.key):
        return True
    is_argument = found.scope.opener == "(" and found.scope.name == found.key
    nearby = 2 if not found.key or is_argument or found.key.lower() in _NAMING_KEYS else 1
    return found.is_value and not names_thing(found.key) and _is_among_models(found.scope, nearby)


def _is_among_models(scope: Scope, nearby: int) -> bool:
    """Return True where one of the nearest named scopes holds models."""
    names = [each.name for each in scope.upward() if each.name][:nearby]
    return any(names_model(name) for name in names) and not (names and names_thing(names[0]))


def _is_thing(found: _Found) -> bool:
    if found.key:
        return names_thing(found.key)
    named = next((each.name for each in found.scope.upward() if each.name), "")
    return found.is_item and names_thing(named)


def _route(found: _Found, file: _File) -> Route:
    """Return the service of a name, by its key or the nearest scope."""
    by_key = route_of_word(found.key)
    if by_key is not Route.UNKNOWN:
        return by_key
    for scope in islice(found.scope.upward(), _MOST_SCOPES):
        for route in _routes_of(scope, found, file):
            if route is not Route.UNKNOWN:
                return route
    return Route.UNKNOWN


def _routes_of(scope: Scope, found: _Found, file: _File) -> Iterable[Route]:
    yield _by_address(scope, found.key)
    for key, value in scope.pairs.items():
        if "".join(words_of(key)) in _PROVIDER_KEYS or key == "backend":
            yield route_of_word(value, makers_count=not file.speaks_of_openrouter)
    vendor = found.name.partition("/")[0]
    yield Route.UNKNOWN if words_of(scope.name) == words_of(vendor) else route_of_word(scope.name)


def _by_address(scope: Scope, key: str) -> Route:
    """Return the service at a scope's addresses."""
    is_root = scope.parent is None
    own = "".join(words_of(key))
    routes: dict[str, Route] = {}
    for name, value in scope.pairs.items():
        ending = _BASE_WORDS.search(name)
        if ending is None:
            continue
        is_plain_url = ending[0].lower() in {"url", "_url", "-url", "host", "endpoint"}
        route = route_of_address(value, any_host=not (is_root or is_plain_url))
        routes.setdefault("".join(words_of(name[: ending.start()])), route)
    for start, route in routes.items():
        if start and own.startswith(start):
            return route
    found = {route for start, route in routes.items() if not (is_root and start)} - {Route.UNKNOWN}
    return found.pop() if len(found) == 1 else Route.UNKNOWN
