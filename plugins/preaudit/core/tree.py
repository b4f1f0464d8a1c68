"""One walk over a syntax tree: every node gets its parent, and is listed under its type.

The walk is iterative, so that no depth of nesting raises, and happens once per file: rules are then
called from the lists. The parent is an attribute on the node (no dictionary of a million entries);
under flake8 the tree is shared with other plugins, which never look at it.
"""

from __future__ import annotations

import ast

_FIELDS: dict = {}
# fields that never hold a node: leaving them out saves a look at each
_SKIP = frozenset({
    "ctx", "op", "ops", "type_ignores", "kind", "type_comment", "id", "attr", "arg", "module", "level", "asname", "is_async",
    "simple", "conversion", "kwd_attrs", "rest",
})  # fmt: skip
_LEAVES = tuple(
    getattr(ast, name)
    for name in "Name Constant Global Nonlocal Pass Break Continue alias MatchSingleton MatchStar".split()
)  # fmt: skip

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
FUNCTION_LIKE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.Module)
LOOPS = (ast.For, ast.AsyncFor, ast.While)
_NAMED = frozenset((*FUNCTIONS, ast.ClassDef))
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _child_fields(cls) -> tuple:
    names = () if cls in _LEAVES else tuple(name for name in cls._fields if name not in _SKIP)
    if cls.__name__ != "TypeAlias":
        names = tuple(name for name in names if name != "name")
    _FIELDS[cls] = names
    return names


def walk(module: ast.Module) -> dict:
    """Answer {node type: its nodes} of the tree, in source order, and set `parent_` on each node."""
    by_type: dict = {}
    module.parent_ = None
    stack = [module]
    pop, push = stack.pop, stack.append
    fields_of = _FIELDS
    while stack:
        node = pop()
        cls = node.__class__
        found = by_type.get(cls)
        if found is None:
            by_type[cls] = [node]
        else:
            found.append(node)
        names = fields_of.get(cls)
        if names is None:
            names = _child_fields(cls)
        if not names:
            continue
        mark = len(stack)
        for name in names:
            value = getattr(node, name, None)
            if value is None:
                continue
            if value.__class__ is list:
                for child in value:
                    if child is not None:
                        child.parent_ = node
                        push(child)
            else:
                value.parent_ = node
                push(value)
        if len(stack) - mark > 1:
            stack[mark:] = stack[: mark - 1 if mark else None : -1]
    for node in by_type.get(ast.match_case, ()):
        # a case has no place of its own; as a statement it stands where its pattern does
        node.lineno, node.col_offset = node.pattern.lineno, node.pattern.col_offset
        node.end_lineno, node.end_col_offset = node.pattern.end_lineno, node.pattern.end_col_offset
    return by_type


def children(node: ast.AST) -> list:
    """Answer the direct child nodes that the walk visits, in source order."""
    names = _FIELDS.get(node.__class__)
    if names is None:
        names = _child_fields(node.__class__)
    found = []
    for name in names:
        value = getattr(node, name, None)
        if value.__class__ is list:
            found += [child for child in value if child is not None]
        elif value is not None:
            found.append(value)
    return found


def inside(node: ast.AST, *, into_functions: bool = False):
    """Give a node and all below it in source order; nested functions, lambdas and classes only if asked.

    The decorators, defaults and annotations of a nested function belong to the outside and are given.
    """
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if current is not node and not into_functions and isinstance(current, SCOPES):
            outer = []
            if isinstance(current, FUNCTIONS):
                outer = [*current.decorator_list, *current.args.defaults, *filter(None, current.args.kw_defaults)]
            elif isinstance(current, ast.ClassDef):
                outer = [*current.decorator_list, *current.bases, *current.body]
            elif isinstance(current, ast.Lambda):
                outer = [*current.args.defaults, *filter(None, current.args.kw_defaults)]
            stack.extend(reversed(outer))
        elif _FIELDS.get(current.__class__) != ():
            stack += children(current)[::-1]


def body_of(function: ast.AST):
    """Give all nodes that run when this function's body runs: nested functions are left out."""
    body = function.body if isinstance(function.body, list) else [function.body]
    for statement in body:
        if isinstance(statement, FUNCTION_LIKE):
            yield statement
            for outer in (*getattr(statement, "decorator_list", ()), *statement.args.defaults):
                yield from inside(outer)
        else:
            yield from inside(statement)


def parents(node: ast.AST):
    """Give what encloses a node, nearest first, up to the module."""
    node = node.parent_
    while node is not None:
        yield node
        node = node.parent_


def enclosing(node: ast.AST, *types):
    """Answer the nearest node of these types that encloses a node, None if there is none."""
    node = node.parent_
    while node is not None and not isinstance(node, types):
        node = node.parent_
    return node


def function_of(node: ast.AST):
    """Answer the function or lambda in whose body a node runs, None at module or class level.

    Decorators, defaults and annotations run where the function is defined, not inside it.
    """
    while not isinstance(node, ast.stmt):
        child, node = node, node.parent_
        if node is None:
            return None
        if node.__class__ is ast.Lambda and child is node.body:
            return node
    # a statement's function is kept on it: many rules ask, each for many nodes of the same statement
    asked = []
    while True:
        try:
            found = node.function_
            break
        except AttributeError:
            asked.append(node)
        found = node.parent_
        while found is not None and not isinstance(found, ast.stmt):
            found = found.parent_
        if found is None or found.__class__ is ast.FunctionDef or found.__class__ is ast.AsyncFunctionDef:
            break
        node = found
    for statement in asked:
        statement.function_ = found
    return found


def def_of(node: ast.AST):
    """Answer the `def` in whose body a node runs, passing over lambdas; None at module or class level."""
    function = function_of(node)
    while isinstance(function, ast.Lambda):
        function = function_of(function)
    return function


def statement_of(node: ast.AST):
    """Answer the statement a node belongs to (the node itself if it is one)."""
    while node is not None and not isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case, ast.Module)):
        node = node.parent_
    return node


def qualified_scope(node: ast.AST) -> str:
    """Answer the dotted name of the classes and functions around a node, '' at module level."""
    while node.__class__ not in _NAMED:
        node = node.parent_
        if node is None:
            return ""
    try:
        return node.qualified_
    except AttributeError:
        outer = qualified_scope(node.parent_)
    node.qualified_ = f"{outer}.{node.name}" if outer else node.name
    return node.qualified_


def dotted(node: ast.AST) -> str:
    """Answer `a.b.c` for a chain of names as it is spelled, '' for anything else."""
    if node.__class__ is ast.Name:
        return node.id
    if node.__class__ is not ast.Attribute:
        return ""
    if node.value.__class__ is ast.Name:
        return f"{node.value.id}.{node.attr}"
    parts = []
    while node.__class__ is ast.Attribute:
        parts.append(node.attr)
        node = node.value
    if node.__class__ is not ast.Name:
        return ""
    parts.append(node.id)
    parts.reverse()
    return ".".join(parts)


def last_name(node: ast.AST) -> str:
    """Answer the last name of what is named or called: `c` for `a.b.c`, `f().c` and `a.b.c(...)`; '' for anything else."""
    if node.__class__ is ast.Call:
        node = node.func
    if node.__class__ is ast.Attribute:
        return node.attr
    return node.id if node.__class__ is ast.Name else ""


def is_main_guard(node: ast.AST) -> bool:
    """Answer whether a node is `if __name__ == "__main__":`."""
    if not (isinstance(node, ast.If) and isinstance(node.test, ast.Compare) and len(node.test.comparators) == 1):
        return False
    sides = (node.test.left, node.test.comparators[0])
    return any(isinstance(s, ast.Name) and s.id == "__name__" for s in sides) and any(
        isinstance(s, ast.Constant) and s.value == "__main__" for s in sides
    )


def never_runs(node: ast.AST) -> bool:
    """Answer whether a node stands under `if False`, `if TYPE_CHECKING`, or in the other branch of `if True`."""
    child, parent = node, node.parent_
    while parent is not None and not isinstance(parent, FUNCTION_LIKE):
        if isinstance(parent, ast.If) and child is not parent.test:
            test = parent.test
            if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
                test = test.values[0]
            if child in parent.body:
                if (isinstance(test, ast.Constant) and not test.value) or dotted(test).endswith("TYPE_CHECKING"):
                    return True
            elif isinstance(parent.test, ast.Constant) and parent.test.value:
                return True
        child, parent = parent, parent.parent_
    return False
