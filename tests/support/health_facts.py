"""Facts about one key, built for tests of what is made of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from openrouter_preflight.health.facts import Facts, Target
from openrouter_preflight.health.models.named_models import NO_NAMED_MODELS
from openrouter_preflight.keys.diagnosis import diagnose
from openrouter_preflight.openrouter.answers import Credits, KeyInfo, KeyRecord, read_key_info, read_key_record
from openrouter_preflight.openrouter.models import Model, read_model
from openrouter_preflight.openrouter.reply import read_refusal
from openrouter_preflight.openrouter.reply_kind import ReplyKind
from openrouter_preflight.openrouter.request import Answer
from openrouter_preflight.settings.model import Gates, OnMissing, OnUnknownBalance, OnUnreachable, Policies

if TYPE_CHECKING:
    from openrouter_preflight.openrouter.reply import TransportFault

T = TypeVar("T")
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
"""A Wednesday."""
KEY = "sk-or-v1-" + "0e6f44a47a05f1dad2ad7e88c4c1d6b7" * 2


def info(**data: object) -> KeyInfo:
    """What `/key` tells, where it tells these fields."""
    read = read_key_info({"data": {"label": "sk-or-v1-0e6...6b7", **data}})
    assert read is not None
    return read


def told(**data: object) -> Answer[KeyInfo]:
    """The key was accepted, and tells these fields."""
    return Answer(kind=ReplyKind.OK, data=info(**data), status=200, attempts=1)


def refused(
    kind: ReplyKind,
    status: int | None = None,
    message: str = "",
    fault: TransportFault | None = None,
    **metadata: object,
) -> Answer[Any]:
    """Another answer than that."""
    refusal = read_refusal({"error": {"message": message, "metadata": metadata}})
    return Answer(kind=kind, status=status, refusal=refusal, fault=fault, attempts=3)


def balance(bought: str, used: str = "0") -> Answer[Credits]:
    """What `/credits` tells."""
    return Answer(kind=ReplyKind.OK, data=Credits(total=Decimal(bought), used=Decimal(used)), status=200, attempts=1)


def target(raw: str | None = KEY, *, allow_any_shape: bool = False, **words: Any) -> Target:
    """The subject K; gates and policies by their names."""
    policies = Policies(
        on_missing=OnMissing(words.pop("on_missing", "fail")),
        on_unreachable=OnUnreachable(words.pop("on_unreachable", "fail")),
        on_unknown_balance=OnUnknownBalance(words.pop("on_unknown_balance", "fail")),
    )
    return Target(
        name="K",
        source="env",
        diagnosis=diagnose(raw),
        gates=Gates(**words),
        policies=policies,
        allow_any_shape=allow_any_shape,
    )


def facts(answer: Answer[KeyInfo] | None, account: Answer[Credits] | None = None, **words: Any) -> Facts:
    """The facts of K. With `certain=True` a management key asked for the account's balance."""
    certain = bool(words.pop("certain", False))
    others = {name: words.pop(name) for name in _OTHER_FACTS & words.keys()}
    named = words.pop("named_models", NO_NAMED_MODELS)
    words["models"] = words.pop("models_wanted", ())
    about = replace(target(**words), named_models=named)
    return Facts(target=about, info=answer, account=account, account_is_certain=certain, **others)


_OTHER_FACTS = {
    *("activity", "record", "models", "old_records", "probe", "afford", "spending"),
    *("management", "evidence", "address"),
}


def answered(data: T) -> Answer[T]:
    """Any other question was answered so."""
    return Answer(kind=ReplyKind.OK, data=data, status=200, attempts=1)


def record(**data: object) -> KeyRecord:
    """What `/keys/{hash}` tells, where it tells these fields."""
    read = read_key_record({"data": {"hash": "f" * 64, **data}})
    assert read is not None
    return read


def model(name: str, **data: object) -> Model:
    """A row of a list of models, which writes text and tells these fields besides."""
    read = read_model({"data": {"id": name, "architecture": {"output_modalities": ["text"]}, **data}})
    assert read is not None
    return read
