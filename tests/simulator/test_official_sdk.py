"""OpenRouter's own Python SDK, a second client: each endpoint answers in the types that it expects."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from openrouter.components import ChatUserMessage
from openrouter.operations import Filter, GetUserActivityRequest, ListModelsUserSecurity

from openrouter import OpenRouter, errors
from openrouter_preflight.keys import ApiKey
from openrouter_preflight.simulator import SCENARIOS, SettableClock, Simulator

if TYPE_CHECKING:
    from collections.abc import Iterator

MESSAGES = [ChatUserMessage(role="user", content="Say hello.")]

pytestmark = pytest.mark.filterwarnings("ignore:.*DEPRECATED.*:DeprecationWarning")  # fields the SDK itself reads


@pytest.fixture
def simulator(clock: SettableClock) -> Iterator[Simulator]:
    with Simulator("several-budgets", clock=clock) as simulator:
        yield simulator


def sdk(simulator: Simulator, key: ApiKey) -> OpenRouter:
    """The SDK with that key, to be closed."""
    return OpenRouter(api_key=key.reveal(), server_url=simulator.base_url, retry_config=None)


@pytest.fixture
def client(simulator: Simulator) -> Iterator[OpenRouter]:
    with sdk(simulator, simulator.keys["inference"]) as client:
        yield client


@pytest.fixture
def manager(simulator: Simulator) -> Iterator[OpenRouter]:
    with sdk(simulator, simulator.keys["management"]) as manager:
        yield manager


def test_get_key(simulator: Simulator, client: OpenRouter) -> None:
    data = client.api_keys.get_current_key_metadata().data
    assert data.label == simulator.keys["inference"].label
    assert (data.limit, data.limit_remaining, data.limit_reset) == (100, 93.2, "monthly")
    assert [(budget.scope, budget.remaining_usd) for budget in data.budgets] == [
        ("member", 18.2),
        ("workspace", 3.2),
        ("key_limit", 93.2),
    ]
    assert data.effective_budget is not None
    assert data.effective_budget.resets_at == datetime(2026, 12, 1, tzinfo=UTC)


def test_get_credits(manager: OpenRouter) -> None:
    data = manager.credits.get_credits().data
    assert (data.total_credits, data.total_usage) == (296.8, 46.8)


def test_get_models(client: OpenRouter) -> None:
    page = client.models.list()
    assert page is not None
    listed = {model.id: model for model in page.result.data}
    assert page.result.total_count == len(listed)
    assert listed["~anthropic/claude-sonnet-latest"].alias_target is not None
    assert "openai/gpt-image-1" not in listed


def test_get_models_of_a_key(simulator: Simulator, client: OpenRouter) -> None:
    security = ListModelsUserSecurity(bearer=simulator.primary_key.reveal())
    page = client.models.list_for_user(security=security, output_modalities="all")
    assert page is not None
    listed = {model.id for model in page.result.data}
    assert "openai/gpt-image-1" in listed
    assert "mistralai/mistral-small-3.2-24b-instruct" not in listed


def test_get_model(client: OpenRouter) -> None:
    model = client.models.get(author="openai", slug="gpt-4o-mini:nitro").data
    assert model.id == "openai/gpt-4o-mini"


def test_list_keys(simulator: Simulator, manager: OpenRouter) -> None:
    listed = manager.api_keys.list().data
    assert [key.hash for key in listed] == [simulator.keys[name].fingerprint for name in ("batch", "inference")]


def test_create_read_change_and_delete_a_key(simulator: Simulator, manager: OpenRouter) -> None:
    expiry = datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC)
    created = manager.api_keys.create(name="New", limit=5, limit_reset="weekly", expires_at=expiry)
    key = ApiKey(created.key)
    assert (created.data.hash, created.data.label, created.data.expires_at) == (key.fingerprint, key.label, expiry)
    with sdk(simulator, key) as made:
        assert made.api_keys.get_current_key_metadata().data.limit_remaining == 5

    changed = manager.api_keys.update(hash=key.fingerprint, disabled=True, name="Newer").data
    assert (changed.disabled, changed.name, changed.limit) == (True, "Newer", 5)
    assert manager.api_keys.get(hash=key.fingerprint).data.updated_at is not None
    with sdk(simulator, key) as disabled, pytest.raises(errors.UnauthorizedResponseError):
        disabled.api_keys.get_current_key_metadata()

    assert manager.api_keys.delete(hash=key.fingerprint).DELETED
    with pytest.raises(errors.NotFoundResponseError):
        manager.api_keys.get(hash=key.fingerprint)


def test_get_activity(clock: SettableClock) -> None:
    with Simulator("activity", clock=clock) as simulator, sdk(simulator, simulator.keys["management"]) as manager:
        rows = manager.analytics.get_user_activity().data
        assert len({row.date_ for row in rows}) == 30
        monday = manager.analytics.get_user_activity(request=GetUserActivityRequest(date_="2026-11-16")).data
        assert sum(row.usage for row in monday) == pytest.approx(4)


def test_list_workspaces(manager: OpenRouter) -> None:
    page = manager.workspaces.list()
    assert page is not None
    assert [workspace.slug for workspace in page.result.data] == ["default", "research"]


def test_guardrails_and_what_names_keys_by_hash(clock: SettableClock) -> None:
    with (
        Simulator("equipped-key", clock=clock) as simulator,
        sdk(simulator, simulator.keys["management"]) as manager,
    ):
        batch = simulator.keys["batch"].fingerprint
        guardrails = manager.guardrails.list()
        assert guardrails is not None
        deploys = next(each for each in guardrails.result.data if each.name == "Deploys")
        assert deploys.limit_usd == 300
        assigned = manager.guardrails.bulk_assign_keys(id=deploys.id, key_hashes=[batch])
        assert assigned.assigned_count == 1
        assignments = manager.guardrails.list_key_assignments()
        assert assignments is not None
        assert {each.key_hash for each in assignments.result.data} == {
            batch,
            simulator.keys["inference"].fingerprint,
        }
        credentials = manager.byok.list()
        assert credentials is not None
        (credential,) = credentials.result.data
        changed = manager.byok.update(id=credential.id, allowed_api_key_hashes=[batch])
        assert changed.data.allowed_api_key_hashes == [batch]
        destinations = manager.observability.list()
        assert destinations is not None
        (destination,) = destinations.result.data
        renewed = manager.observability.update(id=destination.id, api_key_hashes=[batch])
        assert renewed.data.api_key_hashes == [batch]


def test_query_analytics(simulator: Simulator, manager: OpenRouter) -> None:
    now = datetime(2026, 11, 18, 12, tzinfo=UTC)
    batch = simulator.keys["batch"].fingerprint
    answer = manager.analytics.query_analytics(
        metrics=["request_count", "total_usage"],
        filters=[Filter(field="api_key_id", operator="eq", value=batch)],
        time_range={"start": now - timedelta(days=30), "end": now},
    )
    assert answer.data.warnings is None
    assert answer.data.metadata.row_count == len(answer.data.data)
    assert manager.analytics.get_analytics_meta().data.metrics


def test_chat_completion(simulator: Simulator, client: OpenRouter) -> None:
    answer = client.chat.send(model="openai/gpt-4o-mini", messages=MESSAGES, max_tokens=2)
    assert answer.usage is not None
    assert (answer.usage.completion_tokens, answer.choices[0].finish_reason) == (2, "length")
    assert answer.usage.cost
    assert simulator.account.keys[simulator.primary_key.fingerprint].last_used_at is not None


@pytest.mark.parametrize(
    ("scenario", "error"),
    [
        ("revoked", errors.UnauthorizedResponseError),
        ("forbidden", errors.ForbiddenResponseError),
        ("spent-key-limit", errors.PaymentRequiredResponseError),
        ("spent-key-limit-403", errors.ForbiddenResponseError),
        ("out-of-credit", errors.PaymentRequiredResponseError),
        ("rate-limited", errors.TooManyRequestsResponseError),
        ("outage", errors.ServiceUnavailableResponseError),
        ("blip", errors.BadGatewayResponseError),
    ],
)
def test_refusals_are_the_errors_that_the_sdk_knows(
    scenario: str, error: type[Exception], clock: SettableClock
) -> None:
    with (
        Simulator(scenario, clock=clock) as simulator,
        sdk(simulator, simulator.primary_key) as client,
        pytest.raises(error),
    ):
        client.chat.send(model="openai/gpt-4o-mini", messages=MESSAGES)


ANSWERING = [name for name, scenario in SCENARIOS.items() if not (scenario.faults or scenario.quirks.refuses_address)]


@pytest.mark.parametrize("name", ANSWERING)
def test_every_answer_of_every_account_is_in_the_sdks_types(name: str, clock: SettableClock) -> None:
    with Simulator(name, clock=clock) as simulator, sdk(simulator, simulator.keys["management"]) as manager:
        if not simulator.scenario.quirks.old_key_answer:
            assert manager.api_keys.get_current_key_metadata().data.is_management_key
        plans = simulator.scenario.account.keys.values()
        keys = manager.api_keys.list(include_disabled=True, include_expired=True).data
        spent = sum(key.usage for key in keys)
        if any(plan.oauth or plan.workspace != "default" for plan in plans):
            spent = manager.credits.get_credits().data.total_usage
        assert manager.credits.get_credits().data.total_usage == pytest.approx(spent)
        clock.advance(timedelta(days=1))
        rows = manager.analytics.get_user_activity().data
        assert sum(row.usage for row in rows) <= spent + 0.001
