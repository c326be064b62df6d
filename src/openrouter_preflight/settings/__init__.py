"""Flags, environment and YAML file become one frozen Settings. A flag beats the environment, which beats the file."""

from __future__ import annotations

CONFIG_NAMES = (".openrouter-preflight.yml", ".openrouter-preflight.yaml")
"""What the config file is called."""
