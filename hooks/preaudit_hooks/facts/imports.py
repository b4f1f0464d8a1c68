"""What a file contributes to the import graph: its import statements, and when each of them runs.

One row a statement and module, as JSON can hold it:

    [line, column, kind, module, names, when, guard, needed]

`kind` is "import" or "from"; `module` the absolute dotted name ('' where a relative import leads above
the top); `names` the imported names as [name, line, column] ("from" only; "*" for a wildcard).
`when`: "run" at import of the file, "function", "type" (under TYPE_CHECKING) or "main" (under the main
guard). `guard`: what hides its failure: "ImportError", "Exception", "" for nothing; "fallback" inside
the handler or where another import takes its place. `needed`: "import" where some name is used while the
module is being imported or may be re-exported, "call" where all are used in functions only, "annotation"
where they are used in annotations that are never evaluated.
"""

from __future__ import annotations

import ast

from preaudit.core.place import Line
from preaudit.core.tree import FUNCTIONS, dotted, function_of, is_main_guard

KIND = "imports"

_HIDING = {
    "ImportError": "ImportError", "ModuleNotFoundError": "ImportError", "Exception": "Exception",
    "BaseException": "Exception",
}  # fmt: skip


def collect(ctx):
    """Answer the import rows of a Python file, None where it imports nothing."""
    return import_rows(ctx.by_type, ctx.names) or None


def import_rows(by_type, names):
    """Answer the rows of a module from its walk and its names, in source order."""
    uses = _Uses(by_type, names)
    rows = []
    for node in by_type.get(ast.Import, ()):
        when, guard = _when(node), _guard(node)
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            rows.append(
                [
                    Line(node.lineno),
                    node.col_offset + 1,
                    "import",
                    alias.name,
                    [],
                    when,
                    guard,
                    uses.needed(node, [bound]),
                ]
            )
    for node in by_type.get(ast.ImportFrom, ()):
        if node.module == "__future__" and not node.level:
            continue
        listed = [[alias.name, Line(alias.lineno), alias.col_offset + 1] for alias in node.names]
        needed = uses.needed(node, [alias.asname or alias.name for alias in node.names])
        place = [Line(node.lineno), node.col_offset + 1]
        rows.append([*place, "from", names.absolute(node), listed, _when(node), _guard(node), needed])
    rows.sort(key=lambda row: row[:2])
    return rows


def _when(node):
    """Answer when an import statement runs."""
    child, parent = node, node.parent_
    when = "run" if function_of(node) is None else "function"
    while parent is not None:
        if isinstance(parent, ast.If):
            checked = _type_checking(parent.test)
            if checked is not None and checked == (child in parent.body):
                return "type"
            if when == "run" and is_main_guard(parent) and child in parent.body:
                when = "main"
        child, parent = parent, parent.parent_
    return when


def _type_checking(test):
    """Answer True for a test that only a type checker passes, False for its negation, None for another."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = _type_checking(test.operand)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return True if any(_type_checking(value) for value in test.values) else None
    if isinstance(test, ast.Constant) and test.value is False:
        return True
    return True if dotted(test).rpartition(".")[2] == "TYPE_CHECKING" else None


def _guard(node):
    """Answer what hides the failure of an import statement."""
    child, parent = node, node.parent_
    while parent is not None and not isinstance(parent, FUNCTIONS):
        if isinstance(parent, ast.Try) and child in parent.body:
            for handler in parent.handlers:
                hidden = _hides(handler)
                if hidden:
                    again = any(isinstance(part, (ast.Import, ast.ImportFrom)) for part in ast.walk(handler))
                    return "fallback" if again else hidden
        if isinstance(parent, ast.ExceptHandler) and _hides(parent):
            return "fallback"
        if isinstance(parent, (ast.With, ast.AsyncWith)):
            for item in parent.items:
                call = item.context_expr
                if isinstance(call, ast.Call) and dotted(call.func).rpartition(".")[2] == "suppress":
                    for argument in call.args:
                        hidden = _HIDING.get(dotted(argument).rpartition(".")[2])
                        if hidden:
                            return hidden
        child, parent = parent, parent.parent_
    return ""


def _hides(handler):
    """Answer what kind of import failure an except clause catches, '' if none."""
    if handler.type is None:
        return "Exception"
    parts = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    found = {_HIDING.get(dotted(part).rpartition(".")[2], "") for part in parts}
    return "Exception" if "Exception" in found else "ImportError" if "ImportError" in found else ""


class _Uses:
    """Where the names of a module are used: while it is imported, in functions, in annotations."""

    def __init__(self, by_type, names):
        self.package = names.is_package
        self.lazy = any(
            node.module == "__future__" and any(alias.name == "annotations" for alias in node.names)
            for node in by_type.get(ast.ImportFrom, ())
        )
        self.early, self.late, self.annotated = set(), set(), set()
        imports = (*by_type.get(ast.Import, ()), *by_type.get(ast.ImportFrom, ()))
        bound = {alias.asname or alias.name.partition(".")[0] for node in imports for alias in node.names}
        for node in by_type.get(ast.Name, ()):
            if node.id in bound and isinstance(node.ctx, ast.Load):
                if self.lazy and _in_annotation(node):
                    self.annotated.add(node.id)
                elif function_of(node) is None:
                    self.early.add(node.id)
                else:
                    self.late.add(node.id)
        self.exported = set()
        for node in by_type.get(ast.Assign, ()):
            if any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets):
                self.exported.update(part.value for part in ast.walk(node.value) if isinstance(part, ast.Constant))

    def needed(self, node, bound):
        """Answer "import", "call" or "annotation" for the names that an import statement binds."""
        if self.package or "*" in bound or not self.early.isdisjoint(bound) or not self.exported.isdisjoint(bound):
            return "import"
        if any(name not in self.late and name not in self.annotated for name in bound):
            return "import"
        if any(alias.asname == alias.name for alias in node.names):
            return "import"
        return "annotation" if self.late.isdisjoint(bound) else "call"


def _in_annotation(node):
    """Answer whether a name stands in an annotation."""
    child, parent = node, node.parent_
    while parent is not None and not isinstance(parent, ast.Module):
        if isinstance(parent, ast.arg) or (isinstance(parent, ast.AnnAssign) and child is parent.annotation):
            return True
        if isinstance(parent, FUNCTIONS):
            return child is parent.returns
        if isinstance(parent, ast.stmt):
            return False
        child, parent = parent, parent.parent_
    return False
