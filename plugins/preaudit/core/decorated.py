"""What decorators make of the first parameter of a function."""

from __future__ import annotations

import ast

from preaudit.core.tree import dotted


def bound_task(function) -> bool:
    """Answer whether a function is a Celery task whose first parameter is the task (`bind=True`)."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and dotted(decorator.func).rpartition(".")[2] in ("task", "shared_task"):
            return any(
                keyword.arg == "bind" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
                for keyword in decorator.keywords
            )
    return False


def makes_class_method(function) -> bool:
    """Answer whether a pydantic decorator makes the first parameter the class."""
    for decorator in function.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if dotted(target).rpartition(".")[2] in ("validator", "field_validator", "root_validator"):
            return True
    return False
