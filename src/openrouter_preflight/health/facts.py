"""Facts about each key, before any rule is evaluated."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from openrouter_preflight.findings import Finding, Severity, rule
from openrouter_preflight.health.address import DEFAULT_ADDRESS
from openrouter_preflight.health.models.matching import rows_by_name
from openrouter_preflight.health.models.named_models import NO_NAMED_MODELS
from openrouter_preflight.keys.diagnosis import SecretProblem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from openrouter_preflight.health.address import ServiceAddress
    from openrouter_preflight.health.models.named_models import NamedModels
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
    """One key to check, read and diagnosed, and not yet asked about."""

    name: str
    source: str
    diagnosis: Diagnosis
    gates: Gates
    policies: Policies
    allow_any_shape: bool = False
    named_models: NamedModels = NO_NAMED_MODELS
    """The models that the files of --models-from name."""
    also_in: tuple[str, ...] = ()
    """Other variables that hold a key, where this secret is missing."""
    is_env_file: bool = False
    """It was read from a file of assignments, where a file with one key belongs."""
    has_expired: bool = False
    """A token whose time is over, which is sent nowhere."""

    @property
    def key_to_ask(self) -> ApiKey | None:
        """The key that may be sent to OpenRouter, or None."""
        if self.has_expired or (self.diagnosis.fault is SecretProblem.ODD_SHAPE and not self.allow_any_shape):
            return None
        return self.diagnosis.key

    def finding(self, rule_name: str, what: str, help_: str | None = None, severity: Severity | None = None) -> Finding:
        """Return a finding about this key, with the rule's own defaults."""
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
    """Answers about models, shared by keys that may use the same ones."""

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
class Evidence:
    """Signs of an outage in one run, and a refused key's record (API.md §3)."""

    now: datetime
    outage_status: int | None = None
    """A status of an outage that any request of the run was answered."""
    management_is_refused: bool = False
    """The management key was answered 401 as well."""
    all_are_refused: bool = False
    """Several keys were checked, and each was answered 401."""
    none_is_accepted: bool = False
    """No checked key was accepted, and one at least was answered 401."""
    record: Answer[KeyRecord] | None = None
    """The refused key's own record; None where no management key was accepted."""

    @property
    def about_management_key(self) -> Evidence:
        """The same about the management key, which has no record."""
        return replace(self, management_is_refused=False, all_are_refused=self.none_is_accepted, record=None)

    @property
    def reason(self) -> str | None:
        """Why the 401s may be an outage's, as a clause; None where they are all there is."""
        if self.outage_status is not None:
            return f"OpenRouter was in trouble during this run (HTTP {self.outage_status})"
        if self.management_is_refused:
            return "the management key was refused together with it"
        return "every key of this run was refused together with it" if self.all_are_refused else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A target, and OpenRouter's answers about it."""

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
    """Expected spending, worked out for all keys together."""

    management: Answer[KeyInfo] | None = None
    """`GET /key` of the management key itself; None where none was given."""
    evidence: Evidence | None = None
    """All that the run saw of the service; worked out, like `spending`, for all keys together."""
    address: ServiceAddress = DEFAULT_ADDRESS
    """The address that all of this was requested from."""

    @property
    def key_info(self) -> KeyInfo | None:
        """The key's own answer, where it was accepted."""
        return self.info.data if self.info is not None else None
