"""The constant values of symbolic expressions: queue names, settings, patterns.

Follows names through the project's modules, joins strings, reads literals of lists, tuples and
dictionaries. What is not certainly constant is UNKNOWN and makes the whole answer unknown where a
value is asked for; `pattern` answers a string with `{}` where a part is unknown.
"""

from __future__ import annotations


class _Unknown:
    def __repr__(self):
        return "UNKNOWN"


UNKNOWN = _Unknown()
MAX_DEPTH = 30
MAX_ALTERNATIVES = 16


def constants(expr, path: str, project, environment=None) -> list:
    """Answer all constant values an expression can have, [] if one of them is not certain.

    `environment`: {name: [default values]} is not looked at here: an environment read is unknown, and
    a rule that knows better asks `constants` for the default itself.
    """
    found = _values(expr, path, project, 0, frozenset())
    return [] if any(_has_unknown(value) for value in found) else found


def alternatives(expr, path: str, project) -> list:
    """Answer the values an expression can have, UNKNOWN in place of each part that is not certain."""
    return _values(expr, path, project, 0, frozenset())


def pattern(expr, path: str, project) -> str | None:
    """Answer a string with `{}` for each unknown part; None if it is no string or wholly unknown."""
    found = _values(expr, path, project, 0, frozenset(), as_pattern=True)
    strings = {value for value in found if isinstance(value, str)}
    if len(strings) != 1 or len(found) != 1:
        return None
    text = strings.pop()
    return None if not text.replace("{}", "") else text


def _has_unknown(value) -> bool:
    if value is UNKNOWN:
        return True
    if isinstance(value, (list, tuple)):
        return any(_has_unknown(item) for item in value)
    if isinstance(value, dict):
        return any(_has_unknown(key) or _has_unknown(item) for key, item in value.items())
    return False


def _unique(values) -> list:
    found: list = []
    for value in values:
        if not any(value is other or (value == other and type(value) is type(other)) for other in found):
            found.append(value)
    return found if len(found) <= MAX_ALTERNATIVES else [UNKNOWN]


def _values(expr, path, project, depth, seen, as_pattern=False) -> list:
    if expr is None or depth > MAX_DEPTH:
        return [UNKNOWN]
    kind = expr[0]
    again = lambda part: _values(part, path, project, depth + 1, seen, as_pattern)  # noqa: E731
    if kind == "const":
        return [expr[1]]
    if kind == "ref":
        return _global(expr[1], path, project, depth + 1, seen, as_pattern)
    if kind == "attr":
        return _attribute(expr, path, project, depth + 1, seen, as_pattern)
    if kind == "or":
        return _unique(value for part in expr[1] for value in again(part))
    if kind == "ann":
        return again(expr[2])
    if kind == "param":
        return again(expr[4])
    if kind == "fstr":
        return _joined([again(part) for part in expr[1]], as_pattern)
    if kind == "bin":
        return _binary(expr[1], again(expr[2]), again(expr[3]), as_pattern)
    if kind == "seq":
        return _sequence(expr[1], [again(item) for item in expr[2]])
    if kind == "map":
        return _mapping([(again(key), again(value)) for key, value in expr[1]])
    if kind == "item":
        return _item(again(expr[1]), again(expr[2]))
    if kind == "call":
        return _call(expr, again, as_pattern)
    return [UNKNOWN]


def _global(dotted, path, project, depth, seen, as_pattern):
    if dotted in seen:
        return [UNKNOWN]
    seen = seen | {dotted}
    if dotted.startswith("__file__."):
        found = (path, dotted.split(".")[1:])
    else:
        found = project.find(dotted, path)
    if found is None or not found[1]:
        return [UNKNOWN]
    home, rest = found
    summary = project.summary(home)
    names = summary["names"]
    if rest[0] in names and len(rest) == 1:
        return _values(names[rest[0]], home, project, depth, seen, as_pattern)
    if len(rest) >= 2:
        owner = summary["classes"].get(".".join(rest[:-1]))
        if owner is not None and rest[-1] in owner["attrs"]:
            return _values(owner["attrs"][rest[-1]], home, project, depth, seen, as_pattern)
        if rest[0] in names:
            base = names[rest[0]]
            for name in rest[1:]:
                base = ["attr", base, name]
            return _values(base, home, project, depth, seen, as_pattern)
    for star in summary["stars"]:
        values = _global(f"{star}.{'.'.join(rest)}", home, project, depth, seen, as_pattern)
        if values != [UNKNOWN]:
            return values
    return [UNKNOWN]


def _attribute(expr, path, project, depth, seen, as_pattern):
    base, name = expr[1], expr[2]
    if base and base[0] == "ref":
        return _global(f"{base[1]}.{name}", path, project, depth, seen, as_pattern)
    if base and base[0] in ("self", "cls"):
        return _global(f"{base[1]}.{name}", path, project, depth, seen, as_pattern)
    if base and base[0] == "call" and base[1] and base[1][0] == "ref":
        # an attribute of an instance: the class's own default, where no instance sets another
        return _global(f"{base[1][1]}.{name}", path, project, depth, seen, as_pattern)
    if base and base[0] == "attr" and name == "value":
        return _attribute(base, path, project, depth + 1, seen, as_pattern)
    return [UNKNOWN]


def _text(value) -> str:
    return "{}" if value is UNKNOWN else str(value)


def _joined(parts, as_pattern):
    texts = [""]
    for part in parts:
        if any(_has_unknown(value) for value in part):
            if not as_pattern:
                return [UNKNOWN]
            part = ["{}"]
        texts = [text + _text(value) for text in texts for value in part]
        if len(texts) > MAX_ALTERNATIVES:
            return [UNKNOWN]
    return _unique(texts)


def _binary(operator, lefts, rights, as_pattern):
    found = []
    for left in lefts:
        for right in rights:
            found.append(_operate(operator, left, right, as_pattern))
    return _unique(found)


def _operate(operator, left, right, as_pattern):
    if operator == "+":
        if as_pattern and (isinstance(left, str) or isinstance(right, str)):
            return _text(left) + _text(right)
        if type(left) is type(right) and isinstance(left, (str, list, tuple, int, float)):
            return left + right
    if operator == "%" and isinstance(left, str):
        if as_pattern:
            import re

            return re.sub(r"%(?:\(\w+\))?[sdifr]", "{}", left)
        if isinstance(right, (str, int)) and not isinstance(right, bool):
            try:
                return left % right
            except (TypeError, ValueError):
                return UNKNOWN
    numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
    if numbers and abs(left) < 10**9 and abs(right) < 10**9:
        if operator == "*":
            return left * right
        if operator == "-":
            return left - right
        if operator in ("/", "//") and right:
            return left / right if operator == "/" else left // right
    return UNKNOWN


def _sequence(kind, items):
    if any(len(item) != 1 for item in items):
        return [UNKNOWN]
    values = [item[0] for item in items]
    return [tuple(values) if kind == "tuple" else values] if kind != "generator" else [UNKNOWN]


def _mapping(pairs):
    made: dict = {}
    for keys, values in pairs:
        if len(keys) != 1 or len(values) != 1 or not isinstance(keys[0], (str, int, float, bool, type(None), tuple)):
            return [UNKNOWN]
        made[keys[0]] = values[0]
    return [made]


def _item(bases, keys):
    found = []
    for base in bases:
        for key in keys:
            try:
                found.append(base[key])
            except (TypeError, KeyError, IndexError, AttributeError):
                found.append(UNKNOWN)
    return _unique(found)


def _call(expr, again, as_pattern):
    target, args, keywords = expr[1], expr[2], expr[3]
    if target and target[0] == "attr" and target[2] == "format":
        import re

        texts = again(target[1])
        if len(texts) == 1 and isinstance(texts[0], str):
            if as_pattern:
                return [re.sub(r"\{[^{}]*\}", "{}", texts[0])]
            values = [again(arg) for arg in args]
            named = {key: again(value) for key, value in keywords.items()}
            plain = all(len(v) == 1 and isinstance(v[0], (str, int)) for v in (*values, *named.values()))
            if plain and not re.search(r"\{[^{}]*[.\[!:]", texts[0]):
                try:
                    return [texts[0].format(*(v[0] for v in values), **{k: v[0] for k, v in named.items()})]
                except (IndexError, KeyError, ValueError):
                    return [UNKNOWN]
    if target and target[0] == "ref" and target[1] in ("builtins.str", "builtins.int") and len(args) == 1:
        return again(args[0])
    if target and target[0] == "ref" and target[1] in ("pydantic.Field", "pydantic.fields.Field"):
        return again(keywords["default"]) if "default" in keywords else again(args[0]) if args else [UNKNOWN]
    if target and target[0] == "ref" and target[1] in ("builtins.dict",) and not args:
        return _mapping([([key], again(value)) for key, value in keywords.items()])
    if (
        target
        and target[0] == "ref"
        and target[1] in ("builtins.list", "builtins.tuple", "builtins.frozenset", "builtins.set")
    ):
        return again(args[0]) if len(args) == 1 else [UNKNOWN]
    return [UNKNOWN]
