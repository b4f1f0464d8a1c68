"""Reads of the environment in one file: which variable, with what default, and what reads it."""

from __future__ import annotations

import ast
from collections import namedtuple

from preaudit.core.tree import dotted

Read = namedtuple("Read", "name default how")
Read.__doc__ = """One read: the variable's name ('' if it is computed), the default's node or None, and the reader.

`how`: "item" for os.environ["X"], "get" for os.environ.get and os.getenv, "cast" for readers that convert and check.
"""

_GETS = frozenset({"os.getenv", "os.environ.get", "os.environ.setdefault", "os.environ.pop", "flask.os.getenv"})
_READERS = ("decouple.config", "decouple.Config", "decouple.AutoConfig", "environs.Env", "environs.FileAwareEnv", "environ.Env",
            "environ.FileAwareEnv", "starlette.config.Config")  # fmt: skip
_READER_TYPES = frozenset(_READERS) - {"decouple.config"}
_NAMED = ("config", "env", "environ", "cfg", "conf")
SETTINGS = ("pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.env_settings.BaseSettings",
            "pydantic.v1.BaseSettings", "pydantic_settings.main.BaseSettings")  # fmt: skip


def read_of(ctx, node: ast.AST) -> Read | None:
    """Answer the read of the environment that a call or subscript is, None if it is none."""
    if isinstance(node, ast.Subscript):
        if isinstance(node.ctx, ast.Load) and ctx.qualname(node.value) == "os.environ":
            return Read(_text(ctx, node.slice), None, "item")
        return None
    if not isinstance(node, ast.Call):
        return None
    name = ctx.qualname(node.func)
    if name in _GETS:
        return Read(_text(ctx, node.args[0]) if node.args else "", _default(node, 1), "get")
    if name == "decouple.config" or _is_reader(ctx, node.func):
        if not node.args:
            return None
        position = 1 if isinstance(node.func, ast.Attribute) else 9
        return Read(_text(ctx, node.args[0]), _default(node, position), "cast")
    return None


def _default(node: ast.Call, position: int):
    for keyword in node.keywords:
        if keyword.arg == "default":
            return keyword.value
    return node.args[position] if len(node.args) > position else None


def _text(ctx, node) -> str:
    value = constant_of(ctx, node)
    return value if isinstance(value, str) else ""


def constant_of(ctx, node):
    """Answer the constant that an expression is, directly or through one name of this file; None if it is none."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        _, bindings = ctx.names.lookup(node, node.id)
        if len(bindings or ()) == 1 and bindings[0].kind == "assign" and isinstance(bindings[0].value, ast.Constant):
            return bindings[0].value.value
        # of another module's secrets only their kind is told
        found = ctx.values(node)
        if len(found) == 1:
            value = next(iter(found))
            return value[1] if value[0] == "v" else None
    return None


def _is_reader(ctx, function) -> bool:
    """Answer whether what is called is an object that reads the environment: `env = Env()`, `env("X")`, `env.str("X")`."""
    base = function.value if isinstance(function, ast.Attribute) else function
    if not isinstance(base, ast.Name):
        return False
    if base.id in ctx.once("environment readers", lambda: _readers(ctx)):
        return True
    # made by another module: only what is named so is asked for its type
    return base.id.lower() in _NAMED and bool(types := ctx.types(base)) and types <= _READER_TYPES


def _readers(ctx) -> frozenset:
    return frozenset(
        node.targets[0].id for node in ctx.nodes(ast.Assign)
        if isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Call)
        and ctx.qualname(node.value.func) in _READERS
    )  # fmt: skip


def is_settings_class(ctx, node: ast.AST) -> bool:
    """Answer whether a class reads the environment by itself: pydantic's BaseSettings, or a class derived from it."""
    if not isinstance(node, ast.ClassDef):
        return False
    for base in node.bases:
        name = ctx.qualname(base)
        if name in SETTINGS or (name and ctx.derives(name, *SETTINGS)):
            return True
    return False


def fields_of(node: ast.ClassDef):
    """Give (name, statement, default node) of the fields of a settings class that have a default."""
    for statement in node.body:
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and statement.value is not None
            and not statement.target.id.startswith("_")  # a private attribute is no field
        ):
            default = statement.value
            if isinstance(default, ast.Call) and dotted(default.func).rpartition(".")[2] == "Field":
                default = _default(default, 0) or _made_by(default)
            if (
                isinstance(default, ast.Call)
                and dotted(default.func).rpartition(".")[2].startswith("Secret")
                and default.args
            ):
                default = default.args[0]
            if default is not None:
                yield statement.target.id, statement, default


def _made_by(field: ast.Call):
    """Answer the body of `default_factory=lambda: ...`, None for any other factory."""
    for keyword in field.keywords:
        if keyword.arg == "default_factory" and isinstance(keyword.value, ast.Lambda):
            return keyword.value.body
    return None


__all__ = ["SETTINGS", "Read", "constant_of", "fields_of", "is_settings_class", "read_of"]
