"""A shorthand for the tables: many names that share one spec."""

from __future__ import annotations


def each(spec: str, names: str) -> dict:
    """Answer {name: spec} for every name of a text of names."""
    return dict.fromkeys(names.split(), spec)
