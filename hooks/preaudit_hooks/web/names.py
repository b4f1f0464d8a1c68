"""Names that frameworks give to what makes routes, and names read as words."""

from __future__ import annotations

import re

VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "view"})
DECORATORS = VERBS | {"route", "api_route", "websocket", "websocket_route", "doc"}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def snake(name: str) -> str:
    """Answer a name in small letters with underscores: CurrentUser is current_user."""
    return _CAMEL.sub("_", name).lower()
