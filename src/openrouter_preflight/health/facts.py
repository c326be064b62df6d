"""What is known of each key before it is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openrouter_preflight.findings import Finding, Severity, rule
from openrouter_preflight.health.models.matching import rows_by_name
from openrouter_preflight.health.models.model_files import NO_NAMED_MODELS
from openrouter_preflight.keys.diagnosis import SecretProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openrouter_preflight.health.models.model_files import NamedModels
    from openrouter_preflight.health.money.burn_rate import Spending
    from openrouter_preflight.health.probe_plan import Probe
    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.keys.diagnosis import Diagnosis
    from openrouter_preflight.openrouter.activity import ActivityDay
    from openrouter_preflight.openrouter.answers import Credits, KeyInfo, KeyRecord
    from openrouter_preflight.openrouter.models import Model
    from openrouter_preflight.openrouter.request import Answer
    from openrouter_preflight.settings.model import Gates, Policies


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One key to check, read from where it is kept and diagnosed, and not yet asked about."""

    name: str
    source: str
    diagnosis: Diagnosis
    gates: Gates
    policies: Policies
    allow_any_shape: bool = False
    named_models: NamedModels = NO_NAMED_MODELS
    """What the files of --models-from name."""

    @property
    def key_to_ask(self) -> ApiKey | None:
        """The key that may be sent to OpenRouter; None where the value is to be sent nowhere."""
        if self.diagnosis.fault is SecretProblem.ODD_SHAPE and not self.allow_any_shape:
            return None
        return self.diagnosis.key

    def finding(self, rule_name: str, what: str, help_: str | None = None, severity: Severity | None = None) -> Finding:
        """A finding about this key; the rule's own next step and severity stand in for what is not given."""
        found = rule(rule_name)
        return Finding(
            rule=found,
            severity=severity or found.severity,
            what=what,
            help=help_ or found.fix,
            key=self.name,
            fingerprint=self.key_to_ask.fingerprint if self.key_to_ask else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What was said of models, to one key or to another that its account, workspace and budgets make equal."""

    listed: Answer[tuple[Model, ...]]
    """`GET /models/user`: what the key may use, of models that write text at least."""
    of_all_kinds: Answer[tuple[Model, ...]] | None = None
    """The same with every modality asked for; asked, as what follows, only where a model is missing."""
    public: Answer[tuple[Model, ...]] | None = None
    """`GET /models`: what exists, of every modality."""
    embeddings: Answer[tuple[Model, ...]] | None = None
    """`GET /embeddings/models`: the embedding models, which the other lists may leave out."""
    named: Mapping[str, Answer[Model]] = field(default_factory=dict)
    """`GET /model/{author}/{slug}`, by the name that was asked for: aliases and names of old."""

    @property
    def usable(self) -> dict[str, Model]:
        """Every row that the key may use, by its names."""
        embeddings = (self.embeddings.data if self.embeddings is not None else None) or ()
        return rows_by_name((*(self.listed.data or ()), *self.of_every_kind, *embeddings))

    @property
    def of_every_kind(self) -> tuple[Model, ...]:
        """The rows of `of_all_kinds`; empty where that was not answered."""
        return (self.of_all_kinds.data if self.of_all_kinds is not None else None) or ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A subject and what OpenRouter said of it."""

    target: Target
    info: Answer[KeyInfo] | None = None
    """`GET /key`; None where it was not asked."""
    account: Answer[Credits] | None = None
    """`GET /credits`; None where it was not asked."""
    account_is_certain: bool = False
    """It was told to a management key, not to an ordinary one."""
    is_other_account: bool = False
    """A management key was given, of another account than the key's."""
    activity: Answer[tuple[ActivityDay, ...]] | None = None
    """`GET /activity`; None where it was not asked."""
    record: Answer[KeyRecord] | None = None
    """`GET /keys/{hash}`; None where it was not asked."""
    workspace_keys: tuple[KeyRecord, ...] | None = None
    """The keys of its workspace, itself among them; None where they were not listed."""
    models: ModelFacts | None = None
    """None where the release needs none, or nothing could be asked."""
    old_records: tuple[tuple[str, Answer[KeyRecord]], ...] = ()
    """The same of the keys that this one replaced, by fingerprint."""
    probe: Probe | None = None
    """The tiny completion; None where it was not sent."""
    afford: Probe | None = None
    """The request that is to be refused; None where it was not sent."""
    spending: Spending | None = None
    """What is to be expected, worked out of all of the above for all keys together."""

    @property
    def key_info(self) -> KeyInfo | None:
        """What the key told of itself, where it was accepted."""
        return self.info.data if self.info is not None else None
