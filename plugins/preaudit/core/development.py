"""Code that only development reaches: behind a condition on debug, on the environment's name, or in such a class."""

from __future__ import annotations

import ast
import re

from preaudit.core.patterns import lazy
from preaudit.core.tree import FUNCTIONS, parents

_WORD = lazy(
    r"(?:^|[_\W])(?:debug|debugging|dev|devel|develop|development|local|localhost|test|testing|tests|ci|is_prod|prod|production|staging)(?:[_\W]|$)",
    re.I,
)
_CLASS = lazy(r"^(?:Dev|Local|Test|CI|Debug)|(?:Dev|Development|Local|Test|Testing|Debug)(?:Config|Settings)?$")
_NAMES = frozenset({"development", "dev", "local", "test", "testing", "debug"})
FILES = lazy(r"(?:^|[/_.-])(?:dev|devel|development|local|debug|test|tests|testing|e2e|sandbox|demo)(?:[/_.-]|$)")


def is_development(ctx, node: ast.AST) -> bool:
    """Answer whether a node is for development alone, as far as its surroundings say.

    That is a condition around it that speaks of debug, development or production, a class such as
    DevelopmentConfig, or a file such as settings/dev.py.
    """
    return bool(FILES.search(ctx.path)) or in_development(node)


def in_development(node: ast.AST) -> bool:
    """Answer whether a condition or a class around a node says that only development reaches it, wherever its file lies."""
    child = node
    for parent in parents(node):
        if isinstance(parent, (ast.If, ast.IfExp)) and child is not parent.test and speaks(parent.test):
            return True
        if isinstance(parent, ast.ClassDef) and _CLASS.search(parent.name):
            return True
        if isinstance(parent, FUNCTIONS) and _returns_before(parent, child):
            return True
        child = parent
    return False


def _returns_before(function, statement) -> bool:
    """Answer whether the function leaves, on a condition of that kind, before a statement of its body."""
    for one in function.body:
        if one is statement:
            return False
        if isinstance(one, ast.If) and speaks(one.test) and isinstance(one.body[-1], (ast.Return, ast.Raise)):
            return True
    return False


def in_branch(node: ast.AST) -> bool:
    """Answer whether a node stands in the branch that a comparison with a name of development leads to."""
    child = node
    for parent in parents(node):
        if isinstance(parent, ast.If) and child in parent.body and isinstance(parent.test, ast.Compare):
            values = [
                one.value for one in (parent.test.left, *parent.test.comparators) if isinstance(one, ast.Constant)
            ]
            if isinstance(parent.test.ops[0], ast.Eq) and any(value in _NAMES for value in values):
                return True
        child = parent
    return False


def speaks(test: ast.expr) -> bool:
    """Answer whether a condition speaks of debug, development, test or production."""
    for node in ast.walk(test):
        text = ""
        if isinstance(node, ast.Name):
            text = node.id
        elif isinstance(node, ast.Attribute):
            text = node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        if text and _WORD.search(text):
            return True
    return False


__all__ = ["in_branch", "is_development", "speaks"]
