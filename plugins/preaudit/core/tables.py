"""Tables as a Python file declares them: columns, foreign keys and indexes.

Reads declarative classes (`Column`, `Mapped[]` and `mapped_column`, Flask-SQLAlchemy, SQLModel), Core `Table(...)`, mixins of
the same file, `__table_args__`, and an Alembic revision's `create_table`, `add_column`, `create_index`.
"""

from __future__ import annotations

import ast

from preaudit.core import ddl
from preaudit.core.ddl import batch_table, column_name
from preaudit.core.tree import dotted, last_name

_CONSTRAINTS = ("Index", "UniqueConstraint", "PrimaryKeyConstraint")
_BOOLEAN = ("Boolean", "bool", "BOOLEAN", "Enum", "ENUM", "SQLEnum", "SAEnum", "StringEnum")


class Column:
    """One column: its node, whether it has a foreign key, whether an index of its own leads with it, whether it is a boolean or enum."""

    __slots__ = ("name", "attribute", "node", "foreign", "indexed", "boolean")

    def __init__(self, name, attribute, node, foreign, indexed, boolean):
        """`name`: in the database; `attribute`: in Python; `node`: where it stands."""
        self.name, self.attribute, self.node = name, attribute, node
        self.foreign, self.indexed, self.boolean = foreign, indexed, boolean


class Table:
    """One table: its name, class, columns by name, and the first columns of its indexes and constraints."""

    __slots__ = ("name", "cls", "node", "columns", "leads", "composite", "bases", "abstract", "options")

    def __init__(self, name, cls, node):
        """`name` is '' for a mixin or abstract base; `cls` the ClassDef, None for Core and revisions."""
        self.name, self.cls, self.node = name, cls, node
        self.columns: dict = {}
        self.leads: set = set()
        self.composite: list = []
        self.bases: list = []
        self.abstract = False
        self.options = ""

    def is_led(self, column: Column) -> bool:
        """Answer whether an index, unique constraint or primary key begins with a column."""
        if column.indexed is True or column.name in self.leads or column.attribute in self.leads:
            return True
        keys = [c.name for c in self.columns.values() if c.indexed == "key"]
        return bool(keys) and keys[0] == column.name


def tables(ctx) -> list:
    """Answer the tables of a file: classes, Core tables, and what a revision creates."""
    return ctx.once("tables", lambda: _Reader(ctx).read())


class _Reader:
    def __init__(self, ctx):
        self.ctx = ctx

    def read(self):
        found = []
        classes: dict = {}
        for node in self.ctx.nodes(ast.ClassDef):
            table = self._class(node)
            if table is not None:
                classes[node.name] = table
                found.append(table)
        for table in found:
            for base in table.bases:
                parent = classes.get(base)
                if parent is not None and parent is not table:
                    table.leads |= parent.leads
                    for name, column in parent.columns.items():
                        if not parent.name:
                            table.columns.setdefault(name, column)
        for call in self.ctx.nodes(ast.Call):
            if last_name(call.func) == "Table" and self._is_core_table(call):
                found.append(self._core(call))
        for call in self.ctx.nodes(ast.Call):
            if last_name(call.func) == "Index":
                self._outside_index(call, found)
        return found + self._revision()

    # declarative

    def _class(self, node):
        table = Table("", node, node)
        table.bases = [last_name(base) for base in node.bases]
        has_columns = False
        for statement in node.body:
            target, value, annotation = _assigned(statement)
            if target == "__tablename__" and isinstance(value, ast.Constant):
                table.name = str(value.value)
            elif target == "__abstract__" and isinstance(value, ast.Constant):
                table.abstract = bool(value.value)
            elif target == "__table_args__" and value is not None:
                self._arguments(value, table)
            elif target and target != "__mapper_args__":
                column = self._column(target, value, annotation)
                if column is not None:
                    has_columns = True
                    table.columns[column.name] = column
                    table.columns[column.name].attribute = target
            elif isinstance(statement, ast.FunctionDef) and any(
                last_name(d) == "declared_attr" for d in statement.decorator_list
            ):
                self._declared(statement, table)
                has_columns = has_columns or bool(table.columns)
        is_model = any(k.arg == "table" and isinstance(k.value, ast.Constant) and k.value.value for k in node.keywords)
        if is_model and not table.name:
            table.name = node.name.lower()
        if not table.name and has_columns and not table.abstract and self._names_itself(node):
            table.name = _snake(node.name)
        return table if has_columns or table.name else None

    def _names_itself(self, node):
        """Answer whether a class gets the name of its table from its own name, as the models of Flask-SQLAlchemy do."""
        return any(dotted(base).endswith(("db.Model", ".Model")) for base in node.bases)

    def _declared(self, function, table):
        for statement in function.body:
            if isinstance(statement, ast.Return) and statement.value is not None:
                if function.name == "__tablename__":
                    return
                if function.name == "__table_args__":
                    self._arguments(statement.value, table)
                    return
                column = self._column(function.name, statement.value, None)
                if column is not None:
                    table.columns[column.name] = column

    def _column(self, name, value, annotation):
        if not isinstance(value, ast.Call):
            return None
        last = last_name(value.func)
        if last not in ("Column", "mapped_column", "Field", "sa_column"):
            return None
        if last == "Field":
            return self._field(name, value, annotation)
        arguments = list(value.args)
        shown = name
        if arguments and isinstance(arguments[0], ast.Constant) and isinstance(arguments[0].value, str):
            shown = arguments[0].value
            arguments = arguments[1:]
        foreign = next((a for a in arguments if isinstance(a, ast.Call) and last_name(a.func) == "ForeignKey"), None)
        boolean = (
            any(last_name(a) in _BOOLEAN for a in arguments[:2])
            or annotation is not None
            and "bool" in ast.unparse(annotation)
        )
        return Column(shown, name, value, foreign is not None, _own_index(value), boolean)

    def _field(self, name, value, annotation):
        foreign = any(k.arg == "foreign_key" for k in value.keywords)
        for keyword in value.keywords:
            if keyword.arg == "sa_column" and isinstance(keyword.value, ast.Call):
                return self._column(name, keyword.value, annotation)
        boolean = annotation is not None and "bool" in ast.unparse(annotation)
        return Column(name, name, value, foreign, _own_index(value), boolean)

    def _arguments(self, value, table):
        parts = value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value]
        for part in parts:
            if isinstance(part, (ast.Starred, ast.BinOp)):
                table.leads.add("*")  # arguments of a base that cannot be read
            if isinstance(part, ast.Call):
                self._constraint(part, table)
            if isinstance(part, ast.Dict):
                table.options += ast.unparse(part)
        if not isinstance(value, (ast.Tuple, ast.List, ast.Dict, ast.Call)):
            table.leads.add("*")

    def _constraint(self, call, table):
        kind = last_name(call.func)
        if kind == "ForeignKeyConstraint":
            if call.args and isinstance(call.args[0], (ast.List, ast.Tuple)):
                names = [column_name(e) for e in call.args[0].elts]
                if names and names[0]:
                    table.composite.append((names, call))
            return
        if kind not in _CONSTRAINTS:
            return
        if any(k.arg in ddl.PARTIAL for k in call.keywords):
            return  # a partial index does not serve every look-up
        arguments = call.args[1:] if kind == "Index" else call.args
        first = next((a for a in arguments), None)
        name = column_name(first) if first is not None else ""
        if name:
            table.leads.add(name)

    # Core

    def _is_core_table(self, call):
        if any(isinstance(parent, ast.Attribute) for parent in (call.parent_,)):
            return False
        name = self.ctx.qualname(call.func)
        return name in ("sqlalchemy.Table", "sqlalchemy.schema.Table") or dotted(call.func).endswith("db.Table")

    def _core(self, call):
        name = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else ""
        table = Table(str(name), None, call)
        self._elements(call.args[1:], table)
        return table

    def _elements(self, elements, table):
        for element in elements:
            if isinstance(element, ast.Call) and last_name(element.func) == "Column":
                column = self._column("", element, None)
                if column is not None and column.name:
                    column.attribute = column.name
                    table.columns[column.name] = column
            elif isinstance(element, ast.Call):
                self._constraint(element, table)
            elif isinstance(element, ast.Starred):
                table.leads.add("*")

    def _outside_index(self, call, found):
        """Take `Index("name", Model.column)` and `Index("name", table.c.column)` at module level."""
        if any(k.arg in ddl.PARTIAL for k in call.keywords) or len(call.args) < 2:
            return
        parts = dotted(call.args[1]).split(".")
        if len(parts) < 2:
            return
        for table in found:
            assigned = getattr(table.node.parent_, "targets", ()) if table.cls is None else ()
            if table.cls is not None and table.cls.name == parts[0] or any(dotted(t) == parts[0] for t in assigned):
                table.leads.add(parts[-1])

    # revisions

    def _revision(self):
        upgrade = next((f for f in self.ctx.nodes(ast.FunctionDef) if f.name == "upgrade"), None)
        if upgrade is None or "alembic" not in self.ctx.names.imports():
            return []
        made: dict = {}
        for node in ast.walk(upgrade):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            kind, batch = node.func.attr, batch_table(node)
            first = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else ""
            if kind == "create_table" and first:
                table = made.setdefault(str(first), Table(str(first), None, node))
                self._elements(node.args[1:], table)
            elif kind == "add_column":
                name = batch or str(first)
                column = node.args[0] if batch and node.args else node.args[1] if len(node.args) > 1 else None
                if isinstance(column, ast.Call) and name:
                    self._elements([column], made.setdefault(name, Table(name, None, node)))
        for kind, name, *rest in ddl.operations(upgrade, self.ctx.names.scope(self.ctx.names.root).names):
            if kind == "index" and name in made:
                made[name].leads.add(rest[0])
        return list(made.values())


def _assigned(statement):
    """Answer (name, value, annotation) of an assignment to one name, ('', None, None) for anything else."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id, statement.value, None
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id, statement.value, statement.annotation
    return "", None, None


def _own_index(call):
    """Answer "key", True or False: whether a column is (a part of) the primary key, or indexed or unique by itself."""
    values = {k.arg: k.value for k in call.keywords}
    if _is_on(values.get("primary_key")):
        return "key" if not _is_on(values.get("unique")) and not _is_on(values.get("index")) else True
    if None in values:
        return True  # **options that may say so
    return _is_on(values.get("index")) or _is_on(values.get("unique"))


def _is_on(node):
    return node is not None and not (isinstance(node, ast.Constant) and not node.value)


def _snake(name):
    out = ""
    for index, char in enumerate(name):
        if (
            char.isupper()
            and index
            and (not name[index - 1].isupper() or (index + 1 < len(name) and name[index + 1].islower()))
        ):
            out += "_"
        out += char.lower()
    return out
