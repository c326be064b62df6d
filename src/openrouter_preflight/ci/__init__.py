"""Which CI this is, what a pull request may see there, and how to speak to its log."""

from openrouter_preflight.ci.detection import Ci, detect_ci

__all__ = ["Ci", "detect_ci"]
