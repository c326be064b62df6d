"""The only room that holds a secret: ApiKey, key formats, and diagnosis."""

from openrouter_preflight.keys.api_key import ApiKey

__all__ = ["ApiKey"]
