"""How hard property tests try: a little in every run, at length at night (HYPOTHESIS_PROFILE=nightly)."""

from __future__ import annotations

import os

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "here")


def runs(here: int, nightly: int) -> int:
    """How many examples a test takes in this profile."""
    return nightly if PROFILE == "nightly" else here
