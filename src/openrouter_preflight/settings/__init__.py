"""Flags, environment and config file, joined into frozen settings.

A flag beats the environment, which beats the file.
"""

from __future__ import annotations

CONFIG_NAMES = (".openrouter-preflight.yml", ".openrouter-preflight.yaml")
"""Names of the config file."""

LARGEST_CONFIG = 256 * 1024
"""Bytes: room for some 1,700 allowed keys, and little enough that the slowest file is read in seconds."""
