"""Models of requests: their fields with what bounds them, which routes take which, and who looks at a field later.

{"models": {qualified name: {"bases": [expr], "fields": {name: [place, kind, bounded, expr of the annotation]},
                             "checks": [names that a validator speaks of, "*" for all], "table": True}}
 "inputs": [expr]                     annotations of what routes take, and models that a body is made into
 "answers": [expr]                    annotations of what routes answer
 "looks": [[expr or None, name]]      `x.name` that is compared with <, >, another value, by its length, or clamped
 "texts": [[expr, name, [literals], checked]]}     `x.name == "literal"`; checked: what is none of them is refused

`kind`: "number", "list", "date", "text", "other" (perhaps a model) or "".
"""

from __future__ import annotations

import ast

from preaudit.core import quantities, requests, validation
from preaudit.core.contexts import route_of
from preaudit.core.exprs import storable
from preaudit.core.tree import FUNCTIONS, dotted, qualified_scope

KIND = "request-models"
_NUMBERS = frozenset({"int", "float", "Decimal", "StrictInt", "StrictFloat", "FiniteFloat"})
_DATES = frozenset({"date", "datetime", "AwareDatetime", "NaiveDatetime", "time"})
_LISTS = frozenset(
    {"list", "List", "set", "Set", "frozenset", "FrozenSet", "Sequence", "Iterable", "Collection", "tuple", "Tuple"}
)
_BOUNDS = frozenset({
    "gt", "ge", "lt", "le", "multiple_of", "max_length", "min_length", "max_items", "min_items", "max_digits", "const", "pattern",
    "regex", "validate", "exclude", "init",
})  # fmt: skip
_FIELDS = frozenset({"Field", "Query", "Body", "Form"})
_VALIDATORS = frozenset({"field_validator", "validator", "validates", "validates_schema"})
_WHOLE = frozenset({"model_validator", "root_validator"})
_METHODS = frozenset({"__init__", "__post_init__", "model_post_init", "__get_validators__", "validate"})
_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_ELSEWHERE = frozenset({"Depends", "Security", "Path", "Header", "Cookie", "File"})
_MAKERS = frozenset({"model_validate", "parse_obj", "validate_python"})


def collect(ctx):
    """Answer the request models of a Python file, None if it has nothing to do with any."""
    record: dict = {}
    models = {}
    for node in ctx.nodes(ast.ClassDef):
        if node.bases and any(isinstance(statement, ast.AnnAssign) for statement in node.body):
            models[qualified_scope(node)] = _model(ctx, node)
    if models and ("BaseModel" in ctx.text or "pydantic" in ctx.text or "SQLModel" in ctx.text or "odel" in ctx.text):
        record["models"] = models
    inputs = [*_parameters(ctx), *_made(ctx)]
    if inputs:
        record["inputs"] = inputs
    answers = list(_answers(ctx))
    if answers:
        record["answers"] = answers
    looks, texts = _compares(ctx)
    if looks:
        record["looks"] = looks
    if texts:
        record["texts"] = texts
    return record or None


def _model(ctx, node) -> dict:
    entry = {
        "bases": [storable(ctx.exprs.of(base), 60) for base in node.bases],
        "fields": {},
        "checks": sorted(_checks(node)),
    }
    if any(keyword.arg == "table" for keyword in node.keywords):
        entry["table"] = True
    for statement in node.body:
        if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)):
            continue
        name = statement.target.id
        if name.startswith("_") or name == "model_config":
            continue
        kind, bounded, inner = _shape(statement.annotation)
        bounded = bounded or _is_bounded(statement.value)
        expr = storable(ctx.exprs.annotation(inner), 80) if kind in ("other", "list") else None
        entry["fields"][name] = [list(ctx.place(statement)), kind, bounded, expr]
    return entry


def _shape(note):
    """Answer (kind, whether the annotation bounds it, the annotation to look for models in)."""
    if isinstance(note, ast.Constant) and isinstance(note.value, str):
        return "", False, note
    if isinstance(note, ast.BinOp) and isinstance(note.op, ast.BitOr):
        return _union([note.left, note.right], note)
    if isinstance(note, ast.Subscript):
        name = dotted(note.value).rpartition(".")[2]
        parts = note.slice.elts if isinstance(note.slice, ast.Tuple) else [note.slice]
        if name == "Optional":
            return _shape(parts[0])
        if name == "Union":
            return _union(parts, note)
        if name == "Annotated":
            kind, bounded, inner = _shape(parts[0])
            return (
                kind,
                bounded
                or any(_is_bounded(part) or not isinstance(part, (ast.Call, ast.Constant)) for part in parts[1:]),
                inner,
            )
        if name in _LISTS:
            fixed = name in ("tuple", "Tuple") and not any(
                isinstance(p, ast.Constant) and p.value is ... for p in parts
            )
            return ("" if fixed else "list"), False, parts[0]
        return ("other" if name not in ("Literal", "dict", "Dict") else ""), False, note
    name = dotted(note).rpartition(".")[2]
    if name in _NUMBERS:
        return "number", False, note
    if name in _DATES:
        return "date", False, note
    if name == "str":
        return "text", False, note
    return ("other" if name[:1].isupper() else ""), False, note


def _union(parts, note):
    shapes = [_shape(part) for part in parts if not (isinstance(part, ast.Constant) and part.value is None)]
    kinds = {shape[0] for shape in shapes}
    if len(kinds) == 1 and shapes:
        return shapes[0][0], any(shape[1] for shape in shapes), shapes[0][2] if len(shapes) == 1 else note
    return ("other" if "other" in kinds else ""), False, note


def _is_bounded(value) -> bool:
    """Answer whether a default or a part of Annotated says how much is allowed: `Field(le=100)`, `Len(0, 9)`, a validator."""
    if not isinstance(value, ast.Call):
        return False
    name = dotted(value.func).rpartition(".")[2]
    if name in _FIELDS:
        return any(keyword.arg in _BOUNDS or keyword.arg is None for keyword in value.keywords)
    return name not in (
        "Depends",
        "WithJsonSchema",
        "Doc",
        "PlainSerializer",
        "Decimal",
        "str",
        "int",
        "list",
        "set",
        "date",
    )


def _checks(node) -> set:
    """Answer the names of fields that the validators of a class speak of, "*" for all of them."""
    found: set = set()
    for statement in node.body:
        if isinstance(statement, FUNCTIONS):
            for decorator in statement.decorator_list:
                call = decorator if isinstance(decorator, ast.Call) else None
                name = dotted(call.func if call else decorator).rpartition(".")[2]
                if name in _VALIDATORS and call is not None:
                    found |= {
                        arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                    }
                    found |= _spoken(statement) if not call.args else set()
                elif name in _WHOLE:
                    found |= _spoken(statement)
            if statement.name in _METHODS:
                found |= _spoken(statement)
        elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
            inner = statement.value.func
            if isinstance(inner, ast.Call) and dotted(inner.func).rpartition(".")[2] in _VALIDATORS | _WHOLE:
                found |= {
                    arg.value for arg in inner.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                } or {"*"}
    return found


def _spoken(function) -> set:
    """Answer the names that a function speaks of; "*" where it goes over all fields."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            found.add(node.value)
    return found | ({"*"} if found & {"items", "model_fields", "__fields__", "model_dump"} else set())


def _routes(ctx) -> list:
    """Answer the routes of FastAPI in the file."""
    imported = "fastapi" in ctx.names.imports()
    return [
        function for function in ctx.nodes(*FUNCTIONS)
        if function.decorator_list and route_of(ctx, function) is not None
        and (imported or requests.is_fastapi_route(ctx, function))
    ]  # fmt: skip


def _answers(ctx):
    """Give the annotations of what the routes of the file answer."""
    for function in _routes(ctx):
        notes = [keyword.value for keyword in route_of(ctx, function).keywords if keyword.arg == "response_model"]
        for note in filter(None, (function.returns, *notes)):
            expr = storable(ctx.exprs.annotation(note), 80)
            if expr is not None and expr[0] != "const":
                yield expr


def _parameters(ctx):
    """Give the annotations of what FastAPI makes of requests for the routes of the file."""
    for function in _routes(ctx):
        if requests.is_administrative(function):
            continue
        arguments = function.args
        positional = [*arguments.posonlyargs, *arguments.args]
        for argument in (*positional, *arguments.kwonlyargs):
            default = ctx.exprs._default(argument, arguments, positional)
            if argument.annotation is None or _is_elsewhere(argument.annotation, default):
                continue
            expr = storable(ctx.exprs.annotation(argument.annotation), 80)
            if expr is not None and expr[0] != "const":
                yield expr


def _is_elsewhere(note, default) -> bool:
    """Answer whether a parameter is no query and no body; `Depends()` alone makes its class of the query."""
    calls = [default] if isinstance(default, ast.Call) else []
    if (
        isinstance(note, ast.Subscript)
        and dotted(note.value).rpartition(".")[2] == "Annotated"
        and isinstance(note.slice, ast.Tuple)
    ):
        calls += [part for part in note.slice.elts[1:] if isinstance(part, ast.Call)]
    return any(dotted(c.func).rpartition(".")[2] in _ELSEWHERE and (c.args or c.keywords) for c in calls)


def _made(ctx):
    """Give the models that a part of a request is made into: `Order(**request.get_json())`, `Order.model_validate(data)`."""
    if "request" not in ctx.text:
        return
    from preaudit.core import dataflow

    for call in ctx.nodes(ast.Call):
        target = None
        if isinstance(call.func, ast.Attribute) and call.func.attr in _MAKERS and call.args:
            target, given = call.func.value, call.args[0]
        elif len(call.keywords) == 1 and call.keywords[0].arg is None and not call.args:
            target, given = call.func, call.keywords[0].value
        if target is None or not dotted(target).rpartition(".")[2][:1].isupper():
            continue
        for one in dataflow.sources(ctx, given):
            part = requests.part(ctx, one)
            if part is not None and part.kind in ("json", "query", "form"):
                expr = storable(ctx.exprs.of(target), 60)
                if expr is not None:
                    yield ["inst", expr, []]
                break


def _compares(ctx):
    """Answer (looks, texts) of a file."""
    looks, texts = [], []
    seen = set()
    for node in ctx.nodes(ast.Compare):
        sides = [node.left, *node.comparators]
        for side in sides:
            measured = isinstance(side, ast.Call) and dotted(side.func) == "len" and len(side.args) == 1
            one = side.args[0] if measured else side
            if not isinstance(one, ast.Attribute):
                continue
            same = any(isinstance(op, (ast.Eq, ast.NotEq)) for op in node.ops) and not any(
                isinstance(other, ast.Constant) for other in sides if other is not side
            )
            if measured or same or any(isinstance(op, _ORDER) for op in node.ops):
                _look(ctx, one, looks, seen)
            elif one is node.left and not measured and len(node.ops) == 1 and not one.attr[:1].isupper():
                _text(ctx, node, one, texts)
    clamps = any(word in ctx.text for word in ("min(", "max(", "clamp(", "clip("))
    for call in ctx.nodes(ast.Call) if clamps else ():
        if dotted(call.func).rpartition(".")[2] in ("min", "max", "clamp", "clip"):
            for argument in call.args:
                if isinstance(argument, ast.Attribute):
                    _look(ctx, argument, looks, seen)
    return looks, texts


def _look(ctx, node, looks, seen):
    if (
        quantities.is_quantity(node.attr) or quantities.is_batch(node.attr) or quantities.end_of(node.attr)
    ) and node.attr not in seen:
        expr = storable(ctx.exprs.of(node.value), 60)
        if expr is None:
            seen.add(node.attr)
        looks.append([expr, node.attr])


def _text(ctx, node, one, texts):
    op, other = node.ops[0], node.comparators[0]
    parts = other.elts if isinstance(other, (ast.Tuple, ast.List, ast.Set)) else [other]
    literals = [
        part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value
    ]
    if not literals or len(literals) != len(parts) or not isinstance(op, (ast.Eq, ast.In, ast.NotIn, ast.NotEq)):
        return
    expr = ctx.exprs.of(one.value)
    if expr is None or expr[0] not in ("param", "self"):
        return
    expr = storable(expr, 60)
    if expr is not None:
        texts.append([expr, one.attr, literals, isinstance(op, ast.NotIn) or validation.refuses(node)])
