"""`$VAR` and `${VAR:-default}` as Compose reads them (compose-go, template/template.go).

A name is `[_A-Za-z][_A-Za-z0-9]*`; the operators are `:-` `-` `:?` `?` `:+` `+`; `$$` is a dollar.
"""

from __future__ import annotations

from collections import namedtuple

from preaudit.core.patterns import lazy

_NAME = lazy(r"[_A-Za-z][_A-Za-z0-9]*")
_OPERATOR = lazy(r":?[-?+]")
_DEPTH = 20

Reference = namedtuple("Reference", "name operator default start end")
Reference.__doc__ = "A `$NAME` or `${NAME...}` in a text; default is the text behind the operator, offsets from 0."

Value = namedtuple("Value", "text assumed complete")
Value.__doc__ = """A text with its references replaced.

`assumed`: a default stood in for a variable whose value nobody gave. `complete`: every reference had a
value or a default; otherwise the unknown ones are left in the text as `${NAME}`.
"""


def _end_of_braces(text, start):
    depth, position = 0, start
    while position < len(text):
        if text.startswith("${", position):
            depth += 1
            position += 2
            continue
        if text[position] == "}":
            depth -= 1
            if depth == 0:
                return position
        position += 1
    return -1


def references(text: str) -> list:
    """Answer the references of a text in order, outermost only; a malformed one is left out."""
    found, position = [], 0
    while (at := text.find("$", position)) >= 0:
        position = at + 1
        if text.startswith("$$", at):
            position = at + 2
        elif text.startswith("${", at):
            end = _end_of_braces(text, at)
            name = _NAME.match(text, at + 2)
            if end < 0:
                break
            position = end + 1
            if name:
                operator = _OPERATOR.match(text, name.end())
                if operator:
                    found.append(Reference(name[0], operator[0], text[operator.end() : end], at, end + 1))
                elif name.end() == end:
                    found.append(Reference(name[0], "", "", at, end + 1))
        elif name := _NAME.match(text, at + 1):
            found.append(Reference(name[0], "", "", at, name.end()))
            position = name.end()
    return found


def names(text: str) -> list:
    """Answer every name a text refers to, those inside defaults too, in order, each once."""
    found, queue, depth = [], [text], 0
    while queue and depth < 1_000:
        depth += 1
        for reference in references(queue.pop(0)):
            if reference.name not in found:
                found.append(reference.name)
            if "$" in reference.default:
                queue.append(reference.default)
    return found


def evaluate(text: str, values=None, _depth=0) -> Value:
    """Answer the text with its references replaced by `values` (a mapping) and by defaults.

    A value of None in `values` means: set, but to something unknown.
    """
    values = values or {}
    if "$" not in text:
        return Value(text, False, True)
    if _depth > _DEPTH:
        return Value(text, False, False)
    parts, position, assumed, complete = [], 0, False, True
    for ref in references(text):
        parts.append(text[position : ref.start].replace("$$", "$"))
        position = ref.end
        given = ref.name in values
        value = values.get(ref.name)
        if given and value is None:
            parts.append("${" + ref.name + "}")
            complete = False
            continue
        colon, kind = ref.operator.startswith(":"), ref.operator[-1:]
        present = given and (value != "" or not colon)
        if kind == "+":
            inner = evaluate(ref.default, values, _depth + 1) if present else Value("", not given, True)
        elif present or (given and kind != "-"):
            inner = Value(value, False, True)
        elif kind == "-":
            inner = evaluate(ref.default, values, _depth + 1)
            inner = Value(inner.text, True if not given else inner.assumed, inner.complete)
        else:
            inner = Value("${" + ref.name + "}", False, False)
        parts.append(inner.text)
        assumed, complete = assumed or inner.assumed, complete and inner.complete
    parts.append(text[position:].replace("$$", "$"))
    return Value("".join(parts), assumed, complete)


def normalised(text: str) -> str:
    """Answer the text with `$NAME` written as `${NAME}`, so that both spellings compare alike."""
    parts, position = [], 0
    for ref in references(text):
        parts += (text[position : ref.start], "${" + ref.name + ref.operator + ref.default + "}")
        position = ref.end
    return "".join(parts) + text[position:]
