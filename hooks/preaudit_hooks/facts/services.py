"""Service registries of a file, and what is registered in them; facts/constructions.py has the rest.

Registries are known by their shape: a class that keeps what it is given under a name and hands it out
again, as an instance that it made. One that only hands out what it was given may be any collection: it
counts where it also has the name of a registry and is given instances (a class that only maps names to
classes is none).
As JSON can hold it, without what is empty:

    {"containers": [qualified name of a class],
     "keepers": [qualified name of a class that makes nothing],
     "registered": [[receiver, class, line, column, method, is an instance]],
                    symbolic expressions; `add("mail", Mailer())` and the like
     "locators": [[class, [expression of a constructed class], is one]]}
                    a class with properties that make and keep services; whether it keeps one of itself
"""

from __future__ import annotations

import ast
import sys

from preaudit.core.exprs import storable
from preaudit.core.lifetimes import is_cached
from preaudit.core.tree import (
    FUNCTIONS,
    dotted,
    enclosing,
    function_of,
    inside,
    parents,
    qualified_scope,
    statement_of,
)

KIND = "services"

PROVIDERS = ["ref", "dependency_injector.providers"]

_VERBS = ("register", "provide", "bind", "singleton", "add_", "set_")
_EXACT = frozenset({"add", "set", "put", "factory", "instance", "single"})
_SINGLE = frozenset({"Singleton", "ThreadSafeSingleton", "ThreadLocalSingleton", "Resource"})
_LAZY = 2
_MAKES, _KEEPS = "makes", "keeps"
_NAMED = ("registry", "container", "locator", "injector", "services")


def collect(ctx):
    """Answer the services of a Python file, None where there are none."""
    registered, _, containers, locators = _services(ctx)
    found = {
        "containers": sorted(qualified_scope(node) for node, makes in containers.items() if makes),
        "keepers": sorted(qualified_scope(node) for node, makes in containers.items() if not makes),
        "registered": [row for row in registered if row[1] is not None],
        "locators": [
            [qualified_scope(node), [storable(ctx.exprs.of(call.func), 60) for call in made], _is_single(node)]
            for node, made in locators.items()
        ],
    }
    found = {key: value for key, value in found.items() if value}
    return found or None


def constructions(ctx):
    """Answer [[expression, line, column, end line, end column, is shared]] of the calls of what may be classes.

    What stands in the arguments of a registration, in a locator and in a container is left out.
    """
    _, hidden, containers, locators = _services(ctx)
    return _made(ctx, hidden, {*containers, *locators})


def _services(ctx):
    """Answer (rows of what is registered, the calls in them, {container class: makes}, {locator class: its calls})."""

    def make():
        keeping = _classes_of(ctx, ast.Subscript, _keeps)
        shapes = {node: _shape(node) for node in ctx.nodes(ast.ClassDef) if node in keeping}
        containers = {node: shape == _MAKES for node, shape in shapes.items() if shape}
        asking = _classes_of(ctx, ast.If, _asks)
        locators = {
            node: made for node in ctx.nodes(ast.ClassDef) if node in asking and len(made := _lazy(node)) >= _LAZY
        }
        registered, hidden = [], set()
        for node in ctx.nodes(ast.Call):
            for receiver, value, method in _registration(node, ctx):
                cls = value.func if isinstance(value, ast.Call) else value
                registered.append(
                    [receiver, storable(ctx.exprs.of(cls), 60), *ctx.place(node)[:2], method, cls is not value]
                )
                hidden.update(part for part in ast.walk(node) if isinstance(part, ast.Call))
                hidden.add(value)
        return registered, hidden, containers, locators

    return ctx.once("services", make)


def _classes_of(ctx, kind, wanted):
    """Answer the classes that hold a node of this kind which may make them one; walking them all would cost more."""
    found = set()
    for node in ctx.nodes(kind):
        if wanted(node):
            owner = enclosing(node, ast.ClassDef)
            while owner is not None:
                found.add(owner)
                owner = enclosing(owner, ast.ClassDef)
    return found


def _keeps(node):
    return isinstance(node.ctx, ast.Store) and dotted(node.value).startswith(("self.", "cls."))


def _asks(node):
    test = node.test
    return isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is) and dotted(test.left).startswith(
        ("self.", "cls."))  # fmt: skip


def _shape(node):
    """Answer whether a class keeps what it is given under a name and hands out instances: "makes", "keeps" or ''."""
    stores, gives, hands = set(), set(), set()
    for method in node.body:
        if not isinstance(method, FUNCTIONS):
            continue
        parameters = {argument.arg for argument in (*method.args.args[1:], *method.args.kwonlyargs)}
        for part in inside(method):
            if not isinstance(part, ast.Subscript) or not dotted(part.value).startswith(("self._", "self.", "cls.")):
                continue
            if isinstance(part.ctx, ast.Store):
                value = getattr(part.parent_, "value", None)
                if _is_given(value, parameters):
                    stores.add(dotted(part.value))
                if isinstance(value, ast.Call):
                    gives.add("made")  # an instance that it keeps
            elif isinstance(part.ctx, ast.Load) and isinstance(part.parent_, ast.Call) and part.parent_.func is part:
                gives.add("made")  # a factory that it calls
            elif isinstance(part.parent_, ast.Return):
                hands.add(dotted(part.value))
        for part in inside(method):
            if isinstance(part, ast.Return) and isinstance(part.value, ast.Call):
                asked, _, verb = dotted(part.value.func).rpartition(".")
                if verb == "get":
                    hands.add(asked)
    if stores and gives:
        return _MAKES
    return _KEEPS if stores & hands and node.name.lower().endswith(_NAMED) else ""


def _is_given(value, parameters):
    """Answer whether what a class keeps is what it was given, as it is, called, or called later."""
    if isinstance(value, ast.Lambda):
        value = value.body
    if isinstance(value, ast.Call):
        value = value.func
    return isinstance(value, ast.Name) and value.id in parameters


def _lazy(node):
    """Answer the calls by which the methods of a class make an instance once and keep it in an attribute of self."""
    found = []
    for method in node.body:
        if not isinstance(method, FUNCTIONS):
            continue
        for part in inside(method):
            if not isinstance(part, ast.If):
                continue
            test = part.test
            kept = dotted(test.left) if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is) else ""
            if not kept.startswith(("self.", "cls.")):
                continue
            for statement in part.body:
                if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
                    if [dotted(target) for target in statement.targets] == [kept] and _is_class(statement.value.func):
                        found.append(statement.value)
    return found


def _registration(node, ctx):
    """Give (receiver expression, node of the class or its call, method) of what a call registers."""
    origin, _, provider = ctx.names.qualname(node.func).rpartition(".")
    if origin == PROVIDERS[1]:
        if node.args and provider in _SINGLE:
            yield PROVIDERS, node.args[0], provider
        return
    if not isinstance(node.func, ast.Attribute):
        return
    method = node.func.attr
    if not (method in _EXACT or method.startswith(_VERBS)):
        return
    receiver = storable(ctx.exprs.of(node.func.value), 60)
    if receiver is None:
        return
    for value in (*node.args, *(keyword.value for keyword in node.keywords)):
        if isinstance(value, ast.Lambda):
            value = value.body
        if isinstance(value, ast.Name) and not _is_class(value):
            value = _assigned(value, ctx)
        if isinstance(value, ast.Call) and _is_class(value.func) or _is_class(value):
            yield receiver, value, method


def _assigned(node, ctx):
    """Answer the call that a variable was assigned once, else the variable."""
    _, bindings = ctx.names.lookup(node, node.id)
    values = [binding.value for binding in bindings or () if binding.kind == "assign"]
    return values[0] if len(values) == len(bindings or ()) == 1 and isinstance(values[0], ast.Call) else node


def _is_class(node):
    """Answer whether a name or attribute is spelled like a class."""
    last = (node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")).lstrip("_")
    return last[:1].isupper() and not last.isupper() and dotted(node) != ""


def _made(ctx, hidden, owners):
    """Answer the calls of what may be classes of the project."""
    rows = []
    for node in ctx.nodes(ast.Call):
        if node in hidden or not _is_class(node.func):
            continue
        origin = ctx.names.qualname(node.func)
        if not origin or origin.partition(".")[0] in sys.stdlib_module_names or origin.startswith("builtins."):
            continue
        if owners and any(parent in owners for parent in parents(node)) or _in_own_class(node):
            continue
        rows.append([["ref", origin], *ctx.place(node), _is_shared(node, ctx)])
    return rows


def _is_shared(node, ctx):
    """Answer whether what a call makes is there for others: at module level, global, cached, on another object."""
    function = function_of(node)
    if function is None:
        return True
    statement = statement_of(node)
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    for target in targets if isinstance(statement, (ast.Assign, ast.AnnAssign)) else ():
        owner = dotted(target).partition(".")
        if isinstance(target, ast.Attribute) and owner[0] not in ("", "self"):
            return True
        if isinstance(target, ast.Name) and any(
            target.id in part.names and function_of(part) is function for part in ctx.nodes(ast.Global)
        ):
            return True
    return is_cached(function)


def _is_single(node):
    """Answer whether a class keeps one of itself, or keeps its services on the class."""
    return any(
        isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store) and dotted(part.value) in ("cls", node.name)
        for method in node.body
        if isinstance(method, FUNCTIONS)
        for part in inside(method)
    )


def _in_own_class(node):
    """Answer whether a class makes itself: a factory method, a copy."""
    owner = enclosing(node, ast.ClassDef)
    function = function_of(node)
    name = dotted(node.func).rpartition(".")[2]
    return (owner is not None and owner.name == name) or (function is not None and isinstance(function, ast.Lambda))
