"""The names that a module has, and what it does to the way modules and names are found.

As JSON can hold it: {"names": [name], "stars": [module], "all": [name], "flags": [word]}, the last three
only where there is something. Flags: "names" where module-level names are made while running
(`__getattr__`, what is written to globals(), exec, a module that replaces itself), "path" where a package changes where its
modules are, "finder" where the import system itself is changed, "sys.path" where the import path is, and
"alias:NAME" for a module that is put into sys.modules under a name.
"""

from __future__ import annotations

import ast

from preaudit.core.tree import dotted, function_of

KIND = "namespace"
_WORDS = ("globals", "exec", "vars", "locals", "sys.", "setattr", "__path__", "modules", "meta_path", "path_hooks")

_NAME_MAKERS = frozenset({"globals", "vars", "locals", "exec"})
_READING = frozenset({"get", "items", "keys", "values", "copy", "__contains__", "__getitem__"})
_FINDERS = frozenset({"sys.meta_path", "sys.path_hooks"})


def collect(ctx):
    """Answer the namespace of a Python file."""
    summary = ctx.project.summary(ctx.path)
    names = set(summary["names"])
    names.update(name for group in ("functions", "classes") for name in summary[group] if "." not in name)
    flags = _flags(ctx) if any(word in ctx.text for word in _WORDS) else set()
    if summary["getattr"]:
        flags.add("names")
    found = {"stars": summary["stars"], "all": summary["all"], "flags": sorted(flags)}
    return {
        "names": sorted(names),
        **{key: value for key, value in found.items() if value or key == "all" and value == []},
    }


def _flags(ctx):
    """Answer the flags of a file that has one of the words."""
    found = set()
    for node in ctx.nodes(ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        makes = name in ("globals", "exec") or name in _NAME_MAKERS and function_of(node) is None
        if (
            makes
            and (name == "exec" or not _only_reads(node))
            or name == "setattr"
            and node.args
            and _is_module(node.args[0], ctx)
        ):
            found.add("names")
    for node in ctx.nodes(ast.Name):
        if node.id == "__path__":
            found.add("path")
    for node in ctx.nodes(ast.Attribute):
        name = ctx.names.qualname(node) if node.attr in ("meta_path", "path_hooks", "path", "__class__") else ""
        if name in _FINDERS:
            found.add("finder")
        elif name == "sys.path":
            found.add("sys.path")
        elif node.attr == "__class__" and isinstance(node.ctx, ast.Store) and _is_module(node.value, ctx):
            found.add("names")
    for node in ctx.nodes(ast.Subscript):
        if isinstance(node.ctx, ast.Store) and ctx.names.qualname(node.value) == "sys.modules":
            key = node.slice
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                found.add(f"alias:{key.value}")
            elif dotted(key) == "__name__":
                found.add("names")
            else:
                found.add("finder")
    return found


def _only_reads(node):
    """Answer whether what `globals()` gives is only looked at where it stands."""
    parent = node.parent_
    if isinstance(parent, ast.Subscript):
        return parent.value is node and isinstance(parent.ctx, ast.Load)
    if isinstance(parent, ast.Compare):
        return node in parent.comparators
    return isinstance(parent, ast.Attribute) and parent.attr in _READING


def _is_module(node, ctx):
    """Answer whether an expression is a module of sys.modules."""
    if isinstance(node, ast.Name):
        scope, bindings = ctx.names.lookup(node, node.id)
        values = [binding.value for binding in bindings if binding.kind == "assign"]
        return len(values) == 1 and _is_module(values[0], ctx)
    return isinstance(node, ast.Subscript) and ctx.names.qualname(node.value) == "sys.modules"
