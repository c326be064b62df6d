"""Which CI this is, what its event may see, and how to speak to its log. Nothing here knows keys or findings."""

from openrouter_preflight.ci.detection import Ci, NoSecrets, detect_ci, why_no_secrets

__all__ = ["Ci", "NoSecrets", "detect_ci", "why_no_secrets"]
