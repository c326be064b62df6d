"""A pre-deploy health check for OpenRouter keys.

This package's root imports nothing: start-up is felt in a pre-commit hook.
"""

__version__ = "0.1.0"
