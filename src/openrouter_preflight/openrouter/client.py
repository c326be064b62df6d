"""Questions to OpenRouter and their answers: asked again where that can help, all of them under one deadline."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Generic, TypeVar
from urllib.parse import quote

from openrouter_preflight.openrouter import answers, models
from openrouter_preflight.openrouter.reply import NEVER_SENT, Reply, TransportFault
from openrouter_preflight.openrouter.reply_kind import Refusal, ReplyKind, classify_reply, read_refusal
from openrouter_preflight.openrouter.retry import Retries

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from openrouter_preflight.clock import Clock
    from openrouter_preflight.keys import ApiKey
    from openrouter_preflight.openrouter.activity import ActivityDay, Completion
    from openrouter_preflight.openrouter.json_fields import Json
    from openrouter_preflight.openrouter.transport import Transport

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_KIB: Final = 1024
SMALL_BODY: Final = 1024 * _KIB
MODELS_BODY: Final = 16 * 1024 * _KIB


class Repeat(StrEnum):
    """When a request may be sent again."""

    ALWAYS = "always"
    """It changes nothing."""
    IF_NOT_CARRIED_OUT = "if not carried out"
    """It costs money where it is carried out."""
    NEVER = "never"
    """It changes the account: whoever sends it reads back what became of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRequest(Generic[T_co]):
    """One thing to ask about or with a key."""

    path: str
    method: str = "GET"
    key: ApiKey
    read: Callable[[Json], T_co | None]
    """Reads the body; None where it is not what was asked for."""
    body_limit: int = SMALL_BODY
    query: Mapping[str, str] | None = None
    payload: Mapping[str, object] | None = None
    """The JSON body."""
    repeat: Repeat = Repeat.ALWAYS
    is_best_effort: bool = False
    """Asked once: an answer is welcome, and its absence decides nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T_co]):
    """What OpenRouter said in the end."""

    kind: ReplyKind
    data: T_co | None = None
    """What was asked for; present exactly when the meaning is OK."""
    status: int | None = None
    fault: TransportFault | None = None
    refusal: Refusal | None = None
    attempts: int = 0


@dataclass(slots=True, kw_only=True)
class Attempt(Generic[T]):
    """A question on its way to its answer, between one attempt and the next."""

    request: ApiRequest[T]
    retries: Retries
    due: float
    """When to attempt it next, on the client's monotonic clock."""
    earlier: Reply | None = None


class Client:
    """Asks questions, each of them until it is answered or the common deadline is near. Safe to use from threads."""

    def __init__(
        self, transport: Transport, *, clock: Clock, jitter: Callable[[], float], timeout: float, deadline: float
    ) -> None:
        """Start the clock: `deadline` seconds from now for everything, `timeout` seconds for one request."""
        self._wire = transport
        self._clock = clock
        self._jitter = jitter
        self._timeout = timeout
        self._ends = clock.monotonic() + deadline

    def ask(self, request: ApiRequest[T]) -> Answer[T]:
        """The answer to one question. Takes until the deadline at most, a hanging name look-up excepted."""
        attempt = self.begin(request)
        while (answer := self.attempt(attempt)) is None:
            pass
        return answer

    def begin(self, request: ApiRequest[T]) -> Attempt[T]:
        """The inquiry of a question that was not yet asked."""
        return Attempt(request=request, retries=Retries(self._jitter), due=self._clock.monotonic())

    def attempt(self, attempt: Attempt[T]) -> Answer[T] | None:
        """Wait until it is due and ask once. None: it is to be attempted again when it is due anew."""
        pause = attempt.due - self._clock.monotonic()
        if pause > 0:
            self._clock.sleep(pause)
        request, retries, earlier = attempt.request, attempt.retries, attempt.earlier
        reply = self._exchange(request)
        if earlier is not None and reply.status is None and self.remaining <= 0:
            # What was answered before says more than that time ran out.
            return _answer(request, earlier, classify_reply(earlier), retries)
        kind, attempt.earlier = classify_reply(reply), reply
        again_in = retries.pause_after(reply, kind, self.remaining)
        if again_in is None or not _may_repeat(request, reply):
            return _answer(request, reply, kind, retries)
        attempt.due = self._clock.monotonic() + again_in
        return None

    def _exchange(self, request: ApiRequest[T_co]) -> Reply:
        remaining = self.remaining
        if remaining <= 0:
            return Reply(fault=TransportFault.OVERDUE)
        return self._wire.exchange(
            request.path,
            request.key,
            method=request.method,
            timeout=min(self._timeout, remaining),
            body_limit=request.body_limit,
            query=request.query,
            payload=request.payload,
        )

    @property
    def remaining(self) -> float:
        """Seconds until the deadline."""
        return self._ends - self._clock.monotonic()


def key_info(key: ApiKey) -> ApiRequest[answers.KeyInfo]:
    """`GET /key`, the probe: works with every kind of key (API.md §1)."""
    return ApiRequest(path="/key", key=key, read=answers.read_key_info)


def credits_of(key: ApiKey, *, is_best_effort: bool) -> ApiRequest[answers.Credits]:
    """`GET /credits`: sure with a management key, best effort with any other (API.md §2)."""
    return ApiRequest(path="/credits", key=key, read=answers.read_credits, is_best_effort=is_best_effort)


def models_for(key: ApiKey) -> ApiRequest[tuple[models.Model, ...]]:
    """`GET /models/user`: the models that this very key may use (API.md §5)."""
    return ApiRequest(path="/models/user", key=key, read=models.read_models, body_limit=MODELS_BODY)


def all_models_for(key: ApiKey) -> ApiRequest[tuple[models.Model, ...]]:
    """`GET /models/user` with models of every modality, should it list them when asked so (API.md §5)."""
    return ApiRequest(
        path="/models/user",
        key=key,
        read=models.read_models,
        body_limit=MODELS_BODY,
        query={"output_modalities": "all"},
        is_best_effort=True,
    )


def public_models(key: ApiKey) -> ApiRequest[tuple[models.Model, ...]]:
    """`GET /models`, of every modality: what exists, whoever may use it (API.md §5)."""
    return ApiRequest(
        path="/models", key=key, read=models.read_models, body_limit=MODELS_BODY, query={"output_modalities": "all"}
    )


def model_named(name: str, key: ApiKey) -> ApiRequest[models.Model]:
    """`GET /model/{author}/{slug}`: resolves aliases and variants (API.md §5)."""
    return ApiRequest(path=f"/model/{quote(name, safe='/:~')}", key=key, read=models.read_model, is_best_effort=True)


def activity_of(management_key: ApiKey) -> ApiRequest[tuple[ActivityDay, ...]]:
    """`GET /activity`: the account's last 30 completed days (API.md §6)."""
    from openrouter_preflight.openrouter.activity import read_activity

    return ApiRequest(path="/activity", key=management_key, read=read_activity, body_limit=MODELS_BODY)


def completion(key: ApiKey, payload: Mapping[str, object]) -> ApiRequest[Completion]:
    """`POST /chat/completions`, which costs money where it is answered."""
    from openrouter_preflight.openrouter.activity import read_completion

    return ApiRequest(
        method="POST",
        path="/chat/completions",
        key=key,
        read=read_completion,
        payload=payload,
        repeat=Repeat.IF_NOT_CARRIED_OUT,
    )


def key_record(fingerprint: str, management_key: ApiKey) -> ApiRequest[answers.KeyRecord]:
    """`GET /keys/{hash}`: what the owner may know of a key (API.md §6)."""
    return ApiRequest(path=f"/keys/{fingerprint}", key=management_key, read=answers.read_key_record)


def key_records(management_key: ApiKey, workspace: str | None) -> ApiRequest[tuple[answers.KeyRecord, ...]]:
    """`GET /keys`: the first hundred keys of a workspace, of the default one where none is named (API.md §6)."""
    query = {"include_disabled": "true", "include_expired": "true"}
    return ApiRequest(
        path="/keys",
        key=management_key,
        read=answers.read_key_records,
        query=query if workspace is None else {**query, "workspace_id": workspace},
    )


def _may_repeat(request: ApiRequest[T_co], reply: Reply) -> bool:
    """Only a refusal, or nothing sent, says that a request was not carried out."""
    if request.is_best_effort or request.repeat is Repeat.NEVER:
        return False
    if request.repeat is Repeat.ALWAYS:
        return True
    return reply.status in _REFUSED if reply.status is not None else reply.fault in NEVER_SENT


_REFUSED: Final = (401, 402, 403, 429)


def _answer(request: ApiRequest[T_co], reply: Reply, kind: ReplyKind, retries: Retries) -> Answer[T_co]:
    data = request.read(reply.body) if kind is ReplyKind.OK and reply.body is not None else None
    fault = reply.fault
    if kind is ReplyKind.OK and data is None:
        kind, fault = ReplyKind.UNREACHABLE, TransportFault.NOT_OPENROUTER
    if kind is ReplyKind.KEY_REJECTED and not retries.is_believed:
        kind = ReplyKind.REJECTION_UNCONFIRMED
    return Answer(
        kind=kind,
        data=data,
        status=reply.status,
        fault=fault,
        refusal=read_refusal(reply.body),
        attempts=retries.attempts,
    )
