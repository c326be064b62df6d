"""Rules about the models that a release needs (API.md §5)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from openrouter_preflight.findings import Severity
from openrouter_preflight.health import wording
from openrouter_preflight.health.models.matching import (
    has_preset,
    nearest,
    removal,
    resolve,
    rows_by_name,
    shortcomings,
    without_preset,
)
from openrouter_preflight.health.models.named_models import Certainty
from openrouter_preflight.openrouter.reply_kind import UNDECIDED
from openrouter_preflight.settings.model import ModelRequirement, OnUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from openrouter_preflight.findings import Finding
    from openrouter_preflight.health.facts import Facts, ModelFacts, Target
    from openrouter_preflight.openrouter.models import Model
    from openrouter_preflight.openrouter.request import Answer

_WARN_BEFORE_REMOVAL: Final = timedelta(days=30)
"""Unasked, a removal this near is worth a warning."""
_PRIVACY_HELP: Final = (
    "Allow it in the privacy settings (https://openrouter.ai/settings/privacy), or in the guardrail of the key."
)
_NONE_NAMED_HELP: Final = "Name files with --models-from that name models as OpenRouter does, or leave it out."
_MOST_NAMED: Final = 12
_PERHAPS_HELP: Final = "If it is a model, it is gone: use another. Else name narrower files with --models-from."


def model_findings(facts: Facts, now: datetime) -> Iterator[Finding]:
    """Return models that are missing, leaving, too dear or unfit."""
    found = tuple(_problems(facts, now))
    yield from found
    names = () if any(each.severity is Severity.ERROR for each in found) else _checked(facts)
    if names:
        more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
        listed = f"{', '.join(names[:_MOST_NAMED])}{more}"
        yield facts.target.finding("models-checked", f"{facts.target.name} may use every model required: {listed}.")


def _checked(facts: Facts) -> tuple[str, ...]:
    """Return the names of the required models that the key may use."""
    models = facts.models
    if models is None or models.listed.data is None:
        return ()
    usable = models.usable
    names = (*(each.id for each in _wanted(facts.target)), *(name for name, _ in facts.target.named_models.places))
    plain = dict.fromkeys(without_preset(name) for name in names)
    return tuple(name for name in plain if name and _row_of(name, usable, models) is not None)


def _problems(facts: Facts, now: datetime) -> Iterator[Finding]:
    target, info = facts.target, facts.key_info
    wanted, models = _wanted(target), facts.models
    if info is None or info.is_management_key:
        return
    yield from _unread(target)
    if not (wanted or target.named_models.places):
        return
    if models is None or models.listed.data is None:
        yield _unanswered(target, models)
        return
    usable = models.usable
    for each in wanted:
        yield from (finding.with_about(each.id) for finding in _preset(target, each))
        name = without_preset(each.id)
        row = _row_of(name, usable, models) if name else None
        if row is not None:
            yield from (finding.with_about(each.id) for finding in _fitness(target, each, row, now))
        elif name:
            yield _missing(target, name, usable, models).with_about(name)
    yield from _named_in_files(target, usable, models, now)


def _wanted(target: Target) -> tuple[ModelRequirement, ...]:
    """Return every requirement, one for each model, config file and flags joined."""
    gates = target.gates
    described = {wanted.id for wanted in gates.models}
    plain = dict.fromkeys(name for name in gates.require_models if name not in described)
    return (*gates.models, *(ModelRequirement(id=name) for name in plain))


def _row_of(name: str, usable: dict[str, Model], models: ModelFacts) -> Model | None:
    """The usable row that `name` leads to, directly or as a name of old."""
    found = resolve(name, usable)
    if found is None and name in models.named and (renamed := models.named[name].data) is not None:
        found = resolve(renamed.alias_target or renamed.id, usable)
    return found


def _fitness(target: Target, wanted: ModelRequirement, row: Model, now: datetime) -> Iterator[Finding]:
    said = _said(wanted.id, row)
    for shortcoming in shortcomings(row, wanted):
        yield target.finding(shortcoming.rule, f"{target.name}: {said} {shortcoming.words}.")
    yield from _expiry(target, said, row, wanted.not_expiring_within, now)


def _expiry(target: Target, said: str, row: Model, asked: timedelta | None, now: datetime) -> Iterator[Finding]:
    gone = removal(row)
    if gone is None or gone - now > (asked or _WARN_BEFORE_REMOVAL):
        return
    when = f"may be removed after {row.expiration_date}"
    if asked is None:
        yield target.finding("model-expires-soon", f"{target.name}: {said} {when}.", severity=Severity.WARNING)
    else:
        message = f"{target.name}: {said} {when}, within the {wording.duration(asked)} of not-expiring-within."
        yield target.finding("model-expires-soon", message)


def _missing(target: Target, name: str, usable: dict[str, Model], models: ModelFacts, place: str = "") -> Finding:
    """Why a model is not there: kept from this key, not told by this list, or gone."""
    said = f"{target.name} may not use {name}{place}"
    public = models.public.data if models.public is not None else None
    if public is None:
        message = f"{target.name}: {name}{place} is not among the text models it may use, and the public list of models"
        return _as_undecided(target, f"{message} could not be read to say more", models.public)
    rows = rows_by_name(public)
    found = resolve(name, rows)
    if found is None:
        alias = usable.get(name)
        if alias is not None and alias.alias_target:
            return target.finding(
                "model-unavailable", f"{said}: {alias.alias_target}, for which it stands, is not there."
            )
        near = nearest(name, usable)
        hint = f"the nearest names are {', '.join(near)}" if near else "no name is near it"
        return target.finding("model-unavailable", f"{said}: OpenRouter has no such model now; {hint}.")
    if "text" not in found.output_modalities and not _lists_every_kind(models):
        message = f"{target.name}: whether it may use {name}{place} is not known: it writes no text, and the list of"
        return target.finding("model-unchecked", f"{message} what a key may use holds only models that do.")
    message = f"{said}: it exists, but the privacy or guardrail settings of the key keep it away."
    return target.finding("model-unavailable", message, _PRIVACY_HELP)


def _lists_every_kind(models: ModelFacts) -> bool:
    """Return True where the key's list has models that write no text."""
    return any("text" not in row.output_modalities for row in models.of_every_kind)


def _named_in_files(target: Target, usable: dict[str, Model], models: ModelFacts, now: datetime) -> Iterator[Finding]:
    """Models that the files of --models-from name and that are missing or leaving."""
    described = {wanted.id for wanted in _wanted(target)}
    public = rows_by_name((models.public.data if models.public is not None else None) or ())
    from openrouter_preflight.health.models.model_names import Guess, by_vendor, guess

    known = by_vendor((*usable, *public))
    named = target.named_models
    found_any = False
    for written, place in named.places:
        certainty = named.certainty(written, (*usable, *public))
        if certainty is Certainty.OTHERS:
            continue
        yield from _preset(target, ModelRequirement(id=written), f" ({place})")
        name = without_preset(written)
        row = _row_of(name, usable, models) if name else None
        found_any = found_any or row is not None or name is None or name in described
        if name is None or name in described:
            continue
        if row is not None:
            leaving = _expiry(target, f"{_said(name, row)} ({place})", row, None, now)
            yield from (finding.with_about(name) for finding in leaving)
            continue
        guessed = guess(name, known, certainty)
        if guessed is Guess.MODEL or resolve(name, public) is not None:
            found_any = True
            yield _missing(target, name, usable, models, f" ({place})").with_about(name)
        elif guessed is Guess.PERHAPS:
            message = f"{target.name}: {name} ({place}) may be meant for a model, and OpenRouter has none of that name."
            yield target.finding("model-unchecked", message, _PERHAPS_HELP, Severity.WARNING).with_about(name)
    if named.places and not found_any:
        message = f"{target.name}: the files of --models-from name no model that is OpenRouter's."
        yield target.finding("model-unchecked", message, _NONE_NAMED_HELP)


def _unread(target: Target) -> Iterator[Finding]:
    """Files of --models-from that say nothing, or that could not be asked."""
    if target.gates.models_from and not target.named_models.places:
        message = f"{target.name}: the files of --models-from name nothing that is shaped like a model."
        yield target.finding("model-unchecked", message, _NONE_NAMED_HELP)
    for each in target.named_models.unread:
        yield target.finding("model-unchecked", f"{target.name}: {each}.").with_about(each)


def _preset(target: Target, wanted: ModelRequirement, place: str = "") -> Iterator[Finding]:
    """Return the finding about a preset, which cannot be looked up."""
    if not has_preset(wanted.id):
        return
    is_constrained = wanted != ModelRequirement(id=wanted.id) or without_preset(wanted.id) is None
    message = f"{target.name}: the preset of {wanted.id}{place} cannot be checked: no list of models has presets."
    help_ = "Look at it at https://openrouter.ai/settings/presets, or require the model that it leads to."
    severity = Severity.ERROR if is_constrained else Severity.WARNING
    yield target.finding("model-unchecked", message, help_, severity)


def _unanswered(target: Target, models: ModelFacts | None) -> Finding:
    answer = models.listed if models is not None else None
    status = f" (HTTP {answer.status})" if answer is not None and answer.status else ""
    message = f"{target.name}: which models it may use is not known: their list could not be read{status}"
    return _as_undecided(target, message, answer)


def _as_undecided(target: Target, message: str, answer: Answer[object] | None) -> Finding:
    """An outage may be let pass, as any other; what else is missing may not."""
    is_outage = answer is not None and answer.kind in UNDECIDED
    lets_pass = is_outage and target.policies.on_unreachable is OnUnreachable.WARN
    return target.finding("model-unchecked", f"{message}.", severity=Severity.WARNING if lets_pass else None)


def _said(name: str, row: Model) -> str:
    """Return the model as the release names it, and as OpenRouter does."""
    return name if name == row.id or name.startswith(f"{row.id}:") else f"{name} (now {row.id})"
