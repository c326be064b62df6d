"""What the simulator's tests share: a clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from openrouter_preflight.simulator import SettableClock

WEDNESDAY_NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(WEDNESDAY_NOON)
