"""What a `.env` file sets: names, places and the shapes of values, never a value that could be a secret."""

from __future__ import annotations

from preaudit.core.patterns import lazy

KIND = "dotenv"
DOCUMENTS = ("dotenv",)

# Variables of Compose itself that say which files and profiles count; their values are paths and names.
_CONTROL = ("COMPOSE_FILE", "COMPOSE_PROFILES", "COMPOSE_PATH_SEPARATOR", "COMPOSE_ENV_FILES")
_INSIDE = lazy(r"(?i)\b(?:internal(?:ly)?|inside|containers?(?:'s)?|in-network|docker|compose|service name)\b")
_OUTSIDE = lazy(
    r"(?i)\b(?:external(?:ly)?|hosts?|outside|publish(?:ed|es)?|mapp?ed|maps|exposed?s?|localhost|laptop)\b"
)


def collect_document(document):
    """Answer [[name, place, value place, shape, explained]] of every entry, in order.

    `explained`: a comment at the entry speaks of the container's port and of the host's.
    """
    from preaudit_hooks.documents.secrets import shape

    rows = []
    for entry in document.entries:
        fact = shape(entry.name, "" if entry.inherited else entry.value)
        if entry.inherited:
            fact = {"kind": "inherited"}
        elif entry.literal:
            fact.pop("refs", None)
        if entry.name in _CONTROL:
            fact["text"] = entry.value[:500]
        rows.append(
            [entry.name, list(entry.place), list(entry.value_place), fact, explains_ports(document, entry.first)]
        )
    return rows or None


def explains_ports(document, line: int) -> bool:
    """Answer whether the comments at a line tell an inner port from an outer one."""
    said = " ".join(comment.text for comment in document.comments_near(line))
    return bool(_INSIDE.search(said) and _OUTSIDE.search(said))
