"""The only room that holds a secret: the ApiKey type, and what can be wrong with a raw secret's shape."""

from openrouter_preflight.keys.api_key import ApiKey

__all__ = ["ApiKey"]
