"""Celery settings where a file sets them: `app.conf.update(...)`, attributes, items, configuration modules and classes."""

from __future__ import annotations

import ast
from collections import namedtuple

from preaudit.core.tree import dotted, function_of
from preaudit.knowledge._celery_settings import DROPPED, RENAMED, SETTINGS

Set = namedtuple("Set", "name node value how")
Set.__doc__ = """A setting as it is written: `node` is where its name stands, `value` the ast expression or None.

`how`: "conf" (an app's conf, by keyword, attribute, item or dictionary), "module" or "class" (a configuration
module or class, whose other names may be its own affair).
"""

_UPPER = {name.upper(): name for name in SETTINGS}
_PREFIXED = {f"CELERY_{name.upper()}": name for name in SETTINGS}
_MODULES = frozenset(
    {"celeryconfig", "celery_config", "celeryconf", "celery_conf", "celery_settings", "celeryconfig_base"}
)


def known(name: str) -> str:
    """Answer today's name of a setting, '' if no release of Celery knows it."""
    if name in SETTINGS:
        return name
    found = RENAMED.get(name) or _UPPER.get(name) or _PREFIXED.get(name)
    return found or (name if name in DROPPED else "")


def settings_of(ctx) -> list:
    """Answer all Celery settings that a file sets, in source order."""
    return ctx.once(
        "celery.settings", lambda: sorted(_find(ctx), key=lambda found: (found.node.lineno, found.node.col_offset))
    )


def _find(ctx):
    for call in ctx.nodes(ast.Call):
        function = call.func
        if not isinstance(function, ast.Attribute):
            continue
        if function.attr == "update" and is_conf(ctx, function.value):
            for keyword in call.keywords:
                if keyword.arg:
                    yield Set(keyword.arg, keyword, keyword.value, "conf")
                else:
                    yield from _pairs(ctx, keyword.value, "conf")
            for arg in call.args:
                yield from _pairs(ctx, arg, "conf")
        elif function.attr == "config_from_object" and call.args and is_app(ctx, function.value):
            if not any(keyword.arg == "namespace" for keyword in call.keywords) and len(call.args) < 4:
                yield from _source(ctx, call.args[0])
    for node in ctx.nodes(ast.Assign, ast.AnnAssign):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Attribute) and is_conf(ctx, target.value):
                yield Set(target.attr, target, node.value, "conf")
            elif isinstance(target, ast.Subscript) and is_conf(ctx, target.value):
                if isinstance(target.slice, ast.Constant) and isinstance(target.slice.value, str):
                    yield Set(target.slice.value, target, node.value, "conf")
    if ctx.path.rpartition("/")[2].removesuffix(".py") in _MODULES:
        found = list(_assigned(ctx.module.body, "module"))
        if sum(bool(known(one.name)) for one in found) >= 2:
            yield from found


def is_app(ctx, node: ast.AST) -> bool:
    """Answer whether an expression is certainly a Celery app."""
    return ctx.is_a(node, "celery.Celery")


def is_conf(ctx, node: ast.AST) -> bool:
    """Answer whether an expression is the conf of a Celery app."""
    return isinstance(node, ast.Attribute) and node.attr == "conf" and is_app(ctx, node.value)


def _pairs(ctx, node, how):
    node = _literal(ctx, node)
    if isinstance(node, ast.Call) and dotted(node.func) == "dict":
        for keyword in node.keywords:
            if keyword.arg:
                yield Set(keyword.arg, keyword, keyword.value, how)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield Set(key.value, key, value, how)


def _literal(ctx, node):
    """Answer the dictionary that a name stands for in this file, the node itself otherwise."""
    if isinstance(node, ast.Name):
        _, bindings = ctx.names.lookup(node, node.id)
        if bindings and len(bindings) == 1 and bindings[0].kind == "assign":
            return bindings[0].value
    return node


def _source(ctx, node):
    """Give the settings of a class or dictionary of this file that config_from_object is given."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Name):
        _, bindings = ctx.names.lookup(node, node.id)
        for binding in bindings or ():
            if binding.kind == "class":
                yield from _assigned(binding.node.body, "class")
            elif binding.kind == "assign":
                yield from _pairs(ctx, binding.value, "conf")


def _assigned(body, how):
    for statement in body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and function_of(statement) is None:
            for target in targets:
                if isinstance(target, ast.Name) and statement.value is not None:
                    yield Set(target.id, target, statement.value, how)
