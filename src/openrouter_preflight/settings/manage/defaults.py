"""Defaults that the table of options shows, without dataclasses."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

SERVICE_DEADLINE: Final = 120.0
"""Seconds for a whole command."""
ROTATE_DEADLINE: Final = 1800.0
"""Seconds for the whole command, waiting for the old key's silence included."""
JOB_NAME: Final = "job"


class SuccessorLimit(StrEnum):
    """The spending limit of a successor."""

    SAME = "same"
    REMAINING = "remaining"
    """The old key's remainder, so that both together do not spend more."""
