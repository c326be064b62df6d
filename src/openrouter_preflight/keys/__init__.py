"""The only room that holds a secret: ApiKey, key formats, and diagnosis.

ApiKey is loaded when it is first asked for: the first look of a hook needs the formats alone.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrouter_preflight.keys.api_key import ApiKey

__all__ = ["ApiKey"]


def __getattr__(name: str) -> object:
    if name == "ApiKey":
        from openrouter_preflight.keys.api_key import ApiKey

        return ApiKey
    raise AttributeError(name)
