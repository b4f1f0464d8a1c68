"""What makes a part of a SQL string harmless although it comes from a parameter: a test of it, or its callers."""

from __future__ import annotations

import ast
import re

from preaudit.core.patterns import lazy
from preaudit.core.tree import FUNCTIONS, dotted, enclosing, function_of, inside

_CONVERSION = lazy(r"%(?:\((\w+)\))?[-+ #0]*(?:\*|\d+)?(?:\.\d+)?([a-zA-Z%])")
_NUMERIC = frozenset("diouxXeEfFgGc")
_CLAUSES = lazy(r"(?:^|_)(?:where|select|having|from|joins?|clauses?|cte|query|sql|stmt|statement)$")
_QUERIES = lazy(r"(?:^|_)(?:query|sql|stmt|statement)(?:_|$)")
_NAMES = lazy(r"(?:^|_)(?:table|column|col|schema|collection|index|view)(?:_?names?)?$")

_TABLES = lazy(r"(?:^|_)(?:table|collection|index|view)s?(?:_?names?)?$")
_PLACES = lazy(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|INDEX|VIEW)\s+[\"`]?(?:\w+[\"`]?\.[\"`]?)?$", re.I)
_ESCAPES = lazy(r"(?:^|_)(?:escaped?|quoted?|sanitized?)(?:_|$)", re.I)


def of_text(text: str, values: list) -> list:
    """Answer those values of `text % values` that may become any text: `%d` and the like make numbers only."""
    kinds = [kind for name, kind in _CONVERSION.findall(text) if kind != "%" and not name]
    if len(kinds) != len(values):
        return values
    return [value for kind, value in zip(kinds, values) if kind not in _NUMERIC]


def is_harmless_place(value, before: str) -> bool:
    """Answer whether a part of an f-string cannot change the statement: a number by its format, a placeholder's name."""
    if not isinstance(value, ast.FormattedValue):
        return False
    if before.endswith(":") and not before.endswith("::") or before.endswith(("%(", "@p", "$")):
        return True
    spec = value.format_spec
    last = spec.values[-1] if isinstance(spec, ast.JoinedStr) and spec.values else None
    return isinstance(last, ast.Constant) and str(last.value)[-1:] in _NUMERIC


def is_handed_name(value, before: str, ctx) -> bool:
    """Answer whether a part stands where only a table can and is handed down as one: `FROM {table}` of a parameter `table`.

    A name cannot be bound. The caller makes it, unless the caller is a request.
    """
    name = value.value if isinstance(value, ast.FormattedValue) else None
    if not isinstance(name, ast.Name) or not _TABLES.search(name.id) or not _PLACES.search(before):
        return False
    scope, bindings = ctx.names.lookup(name, name.id)
    function = None if scope is None else scope.node
    sources = [one.value[0] if one.kind == "for" else None for one in bindings if one.kind != "param"]
    if any(not isinstance(source, ast.Name) or not _TABLES.search(source.id) for source in sources):
        return False
    return bool(bindings) and isinstance(function, FUNCTIONS) and not ctx.is_handler(function)


def is_key(node, ctx) -> bool:
    """Answer whether `row.id` is the key of an object that the function, or script, has got from Django's database."""
    if node.attr not in ("id", "pk") and not node.attr.endswith("_id") or not isinstance(node.value, ast.Name):
        return False
    _, bindings = ctx.names.lookup(node.value, node.value.id)
    return bool(bindings) and all(
        one.kind == "assign" and isinstance(one.value, ast.Call) and ".objects." in dotted(one.value.func)
        for one in bindings
    )


def since_filter(bindings: list, node) -> list:
    """Answer the bindings of a local name from the last that keeps only what a constant holds.

    fields = [field for field in fields if field in COLUMNS]
    """
    for index in range(len(bindings) - 1, 0, -1):
        one = bindings[index]
        if one.kind != "assign" or not isinstance(one.value, ast.ListComp) or one.node.lineno >= node.lineno:
            continue
        turn = one.value.generators[0]
        if len(one.value.generators) != 1 or not isinstance(turn.target, ast.Name) or len(turn.ifs) != 1:
            continue
        tests = turn.ifs[0].values if isinstance(turn.ifs[0], ast.BoolOp) else turn.ifs
        if isinstance(enclosing(one.node, ast.If, ast.For, *FUNCTIONS), FUNCTIONS) and any(
            isinstance(test, ast.Compare)
            and isinstance(test.ops[0], ast.In)
            and dotted(test.left) == turn.target.id
            and dotted(test.comparators[0]).rpartition(".")[2].isupper()
            for test in tests
        ):
            return bindings[index + 1 :]
    return bindings


def is_checked(node) -> bool:
    """Answer whether the function tests a name against a closed set: `if column not in COLUMNS: raise`."""
    spelled = dotted(node)
    function = function_of(node)
    if not spelled or function is None:
        return False
    if any(_ESCAPES.search(dotted(one).rpartition(".")[2]) for one in getattr(function, "decorator_list", ())):
        return True
    for other in inside(function):
        if isinstance(other, ast.Compare) and len(other.ops) == 1 and isinstance(other.ops[0], (ast.In, ast.NotIn)):
            if dotted(other.left) == spelled and other.lineno <= node.lineno:
                return True
            if _is_quote(other.left) and dotted(other.comparators[0]) == spelled and other.lineno <= node.lineno:
                return True
        if (
            isinstance(other, ast.Call)
            and other.lineno < node.lineno
            and other.args
            and dotted(other.args[0]) == spelled
        ):
            name = dotted(other.func).rpartition(".")[2].lower()
            if (
                "valid" in name
                or "sanit" in name
                or "check_identifier" in name
                or name in ("fullmatch", "isidentifier")
            ):
                return True
        if (
            isinstance(other, ast.Call)
            and isinstance(other.func, ast.Attribute)
            and dotted(other.func.value) == spelled
        ):
            if other.func.attr in ("isidentifier", "isalnum", "isdigit", "isnumeric"):
                return True
        if (
            isinstance(other, ast.Call)
            and isinstance(other.func, ast.Attribute)
            and other.func.attr in ("fullmatch", "match")
        ):
            if any(dotted(arg) == spelled for arg in other.args) and other.lineno <= node.lineno:
                return True
    return _is_stored(spelled, node, function)


def _is_quote(node) -> bool:
    """Answer whether a node is a quote or semicolon that a value is searched for: `if "'" in name: raise`."""
    return isinstance(node, ast.Constant) and node.value in ("'", '"', "`", ";", "--")


def _is_stored(spelled: str, node, function) -> bool:
    """Answer whether the value was looked up with a bound parameter, and refused where no row has it.

    row = fetch("select 1 from tables where name = :name", {"name": name})
    if not row: raise ...
    """
    found = {}
    for other in inside(function):
        if getattr(other, "lineno", 0) >= node.lineno:
            continue
        if isinstance(other, (ast.Assign, ast.AnnAssign)) and other.value is not None:
            call = other.value.value if isinstance(other.value, ast.Await) else other.value
            target = other.targets[0] if isinstance(other, ast.Assign) else other.target
            if isinstance(call, ast.Call) and isinstance(target, ast.Name) and call.args:
                bound = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
                literal = isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
                if literal and any(dotted(part) == spelled for value in bound for part in ast.walk(value)):
                    found[target.id] = other.lineno
        elif isinstance(other, ast.If) and isinstance(other.body[-1], (ast.Raise, ast.Return)):
            test = other.test
            if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and dotted(test.operand) in found:
                return True
            if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is) and dotted(test.left) in found:
                return True
    return False


def only_literals(function, name, is_constant, ctx) -> bool:
    """Answer whether a private function gets only literals for a parameter, wherever the file calls it."""
    if not getattr(function, "name", "").startswith("_") or function.name.startswith("__"):
        return False
    positional = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    index = positional.index(name) if name in positional else None
    called = False
    for call in ctx.nodes(ast.Call):
        if dotted(call.func).rpartition(".")[2] != function.name:
            continue
        shift = 1 if isinstance(call.func, ast.Attribute) and positional[:1] in (["self"], ["cls"]) else 0
        given = [k.value for k in call.keywords if k.arg == name]
        if index is not None and 0 <= index - shift < len(call.args):
            given.append(call.args[index - shift])
        if any(not isinstance(value, ast.Constant) and not is_constant(value) for value in given):
            return False
        called = True
    return called


def is_piece(holder, name: str, ctx) -> bool:
    """Answer whether a part is a piece of SQL that was built with its query elsewhere: `query.where`, `query_dict["select"]`."""
    if not isinstance(holder, ast.Name) or not _QUERIES.search(holder.id) or not _CLAUSES.search(name):
        return False
    _, bindings = ctx.names.lookup(holder, holder.id)
    # of a parameter with the type of a model the fields are the request's
    return not any(one.kind == "param" and getattr(one.node, "annotation", None) is not None for one in bindings)


def is_own_name(node) -> bool:
    """Answer whether `self.table_name` is a name that the class itself gives: a literal, or a constructor's default."""
    owner = enclosing(node, ast.ClassDef)
    if owner is None or dotted(node.value) != "self" or not _NAMES.search(node.attr):
        return False
    given = []
    for method in owner.body:
        for part in inside(method) if isinstance(method, FUNCTIONS) else ():
            if isinstance(part, (ast.Assign, ast.AnnAssign)) and part.value is not None:
                targets = part.targets if isinstance(part, ast.Assign) else [part.target]
                if any(dotted(target) == f"self.{node.attr}" for target in targets):
                    given.append(_default(part.value, method))
    return bool(given) and all(isinstance(value, ast.Constant) and isinstance(value.value, str) for value in given)


def is_default_name(node) -> bool:
    """Answer whether a node is a parameter that names a table or column, with a literal for its default."""
    if not isinstance(node, ast.Name) or not _NAMES.search(node.id):
        return False
    function = function_of(node)
    found = _default(node, function) if isinstance(function, FUNCTIONS) else node
    return isinstance(found, ast.Constant) and isinstance(found.value, str)


def _default(value, function):
    """Answer the default of the parameter that a value is, else the value itself."""
    if isinstance(value, ast.BoolOp) and isinstance(value.op, ast.Or):
        value = value.values[-1]
    if not isinstance(value, ast.Name):
        return value
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = [
        *zip(reversed(positional), reversed(arguments.defaults)),
        *zip(arguments.kwonlyargs, arguments.kw_defaults),
    ]
    return next((default for argument, default in pairs if argument.arg == value.id), value)


def is_configuration(node) -> bool:
    """Answer whether a node is the configuration of the application: `app.config`, `current_app.config`."""
    return isinstance(node, ast.Attribute) and node.attr == "config" and "app" in dotted(node.value).rpartition(".")[2]


def is_counter(node, ctx) -> bool:
    """Answer whether a node is an `itertools.count()`, or a local name of one."""
    if isinstance(node, ast.Name):
        _, bindings = ctx.names.lookup(node, node.id)
        values = [one.value for one in bindings if one.kind == "assign"]
        return bool(values) and len(values) == len(bindings) and all(is_counter(value, ctx) for value in values)
    return isinstance(node, ast.Call) and ctx.qualname(node.func) == "itertools.count"


def gives_constants(call, ctx) -> bool:
    """Answer whether a function of this file that is called returns literals only."""
    name = dotted(call.func).rpartition(".")[2]
    for function in ctx.nodes(*FUNCTIONS):
        if function.name == name:
            returned = [node.value for node in inside(function) if isinstance(node, ast.Return)]
            return bool(returned) and all(isinstance(value, ast.Constant) for value in returned)
    return False
