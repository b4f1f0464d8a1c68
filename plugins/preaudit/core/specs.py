"""What the knowledge tables say of a value that is called, entered or iterated over."""

from __future__ import annotations

from preaudit import knowledge


def of_value(engine, value, near: str = "") -> knowledge.Spec | None:
    """Answer the Spec of calling a value of the type engine; None where no table tells."""
    kind = value[0]
    if kind == "k":
        return knowledge.function(value[1])
    if kind == "m":
        if knowledge.is_class(value[2]):
            member = knowledge.member(value[2], value[3])
            return member[1] if member else None
        return None
    if kind == "c":
        if knowledge.is_class(value[1]):
            return knowledge.parse_spec(knowledge.class_entry(value[1]).get("init") or "free")
        return None
    if kind == "i":
        text = engine.entry(value, "call", near)
        return knowledge.parse_spec(text) if text else None
    return None
