"""CI systems: detection, events, and the commands that their logs understand."""

from openrouter_preflight.ci.detection import Ci, NoSecrets, detect_ci, why_no_secrets

__all__ = ["Ci", "NoSecrets", "detect_ci", "why_no_secrets"]
