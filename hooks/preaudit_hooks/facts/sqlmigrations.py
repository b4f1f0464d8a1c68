"""Hand-written SQL migrations: the number in front of each script, and which way it goes."""

from __future__ import annotations

KIND = "sql-migrations"
DOCUMENTS = ("sql-migration",)


def collect_document(document):
    """Answer {"number", "is_down", "has_down"}; None for a script without a number."""
    if not document.number:
        return None
    return {"number": document.number, "is_down": document.is_down, "has_down": document.has_down}
