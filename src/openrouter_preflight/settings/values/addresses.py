"""The base URL, which decides where a key is sent; never from a config file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from openrouter_preflight.loopback import is_loopback
from openrouter_preflight.settings.values.value_type import BadValueError, ValueType

if TYPE_CHECKING:
    from urllib.parse import SplitResult

_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9._~%-]+)*")


def base_url(text: str) -> str:
    """Return the URL: https, or http to loopback. Raises BadValueError."""
    from urllib.parse import urlsplit

    if not re.fullmatch(r"[!-~]+", text) or "\\" in text:
        raise BadValueError("it holds white space or other characters that no URL has")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise BadValueError from None
    host = (parts.hostname or "").lower()
    problem = _problem(text, parts, host)
    if problem is not None:
        raise BadValueError(problem)
    address = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{address}{'' if port is None else f':{port}'}{parts.path.rstrip('/')}"


def _problem(text: str, parts: SplitResult, host: str) -> str | None:
    """Return the problem of a URL's parts, or None."""
    if "@" in parts.netloc:
        return "it must not hold a user name or a password"
    if "?" in text or "#" in text:
        return "it must not hold a query or a fragment"
    if parts.scheme not in {"https", "http"} or not (_is_number(host) or _HOST.fullmatch(host)):
        return ""
    if parts.scheme == "http" and not is_loopback(host):
        return "a key is sent over https only; http is for this machine itself (localhost, 127.0.0.1, [::1])"
    return None if _PATH.fullmatch(parts.path.rstrip("/")) else "its path holds an empty or unusual part"


def _is_number(host: str) -> bool:
    from ipaddress import ip_address

    try:
        ip_address(host)
    except ValueError:
        return False
    return "%" not in host


BASE_URL: Final = ValueType(
    metavar="URL", expected="an https URL such as https://openrouter.ai/api/v1", convert=base_url
)
