"""A JSON document as the text of a report; its content is for each format to say."""

from __future__ import annotations

import json
from typing import Any


def as_json(document: object, **layout: Any) -> str:
    """`document` in ASCII, with a newline; `layout` is json's.

    Reports are printed in CI logs, where a runner takes a `##[command]` for one wherever it is. Two hashes in a row
    occur in strings alone, where the second can be written as an escape.
    """
    return json.dumps(document, allow_nan=False, **layout).replace("##", "#\\u0023") + "\n"
