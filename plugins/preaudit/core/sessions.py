"""Database sessions: what is one, what ends its failed transaction, what is a transaction around a statement.

The one place that the rules on transactions ask; who closes a session is answered by core/session_owners.py. A session
counts by its type; where nothing tells the type, by its spelling and by what else is done with the same name. A
transaction helper counts by its shape (core/shapes.py), in whatever module of the project it is, and never by its name.
"""

from __future__ import annotations

import ast
import re

from preaudit.core import flow, handlers
from preaudit.core.patterns import lazy, remembered
from preaudit.core.shapes import CLOSING, SESSION_NAME
from preaudit.core.tree import FUNCTION_LIKE, FUNCTIONS, dotted, function_of, inside, parents

SESSIONS = (
    "sqlalchemy.orm.Session", "sqlalchemy.ext.asyncio.AsyncSession", "sqlalchemy.orm.scoped_session",
    "sqlalchemy.ext.asyncio.async_scoped_session", "sqlmodel.Session", "sqlmodel.ext.asyncio.session.AsyncSession",
    "flask_sqlalchemy.session.Session",
)  # fmt: skip
MAKERS = ("sqlalchemy.orm.sessionmaker", "sqlalchemy.ext.asyncio.async_sessionmaker")
SCOPED = ("sqlalchemy.orm.scoped_session", "sqlalchemy.ext.asyncio.async_scoped_session")
_EVIDENCE = frozenset({"add", "query", "execute", "flush", "rollback", "refresh", "delete", "scalars"})
_ORM_ONLY = frozenset({"add", "query", "flush", "refresh", "scalars"})
_DBAPI_ONLY = frozenset({"cursor", "executemany", "executescript", "fetchone", "fetchall", "set_trace_callback"})


def may_make(spelled: str) -> bool:
    """Answer whether a call so spelled (as for `Context.calls`) can make a session: more are not worth asking for."""
    if spelled[:1] == ".":
        return _is_maker(spelled[1:])
    return spelled[:1].isupper() or spelled in ("next", "anext") or not spelled or _is_maker(spelled)


def of(ctx) -> Sessions:
    """Answer the sessions of the file under check, made once."""
    return ctx.once("sessions", lambda: Sessions(ctx))


# What makes sessions is a class or named for it, in all the code that was read: SessionLocal, session_factory, make_db.
_is_maker = remembered(lazy(r"sess|maker|factory|scope|store|local|db|conn|engine|database|orm|uow|transaction", re.I))


class Sessions:
    """Answers questions on the sessions of one file."""

    def __init__(self, ctx):
        """`ctx`: the context of the file under check."""
        self.ctx = ctx
        self.types = ctx.types_engine
        self._evidence: dict = {}
        self._is_session: dict = {}
        self._yielding: dict = {}
        self.never_returns = handlers.raising(ctx, typed=True)

    # what is a session

    def is_session(self, node: ast.AST) -> bool:
        """Answer whether an expression is a database session."""
        found = self._is_session.get(node)
        if found is None:
            found = self._is_session[node] = self._decide(node)
        return found

    def _decide(self, node) -> bool:
        classes = self.ctx.types(node)
        if classes:
            return any(self.ctx.derives(name, *SESSIONS) for name in classes)
        spelled = dotted(node)
        last = spelled.rpartition(".")[2]
        if not last or not SESSION_NAME.search(last):
            return False
        uses = self._uses(spelled, function_of(node))
        if uses & _DBAPI_ONLY or len(uses & _EVIDENCE) < 2:
            return False
        return bool(uses & _ORM_ONLY) or "session" in last.lower()

    def _uses(self, spelled, function) -> set:
        """Answer the names of the methods called on a name, in its function or, for attributes, in the file."""
        key = (spelled, None if "." in spelled else function)
        if not self._evidence:
            for call in self.ctx.nodes(ast.Call):
                if isinstance(call.func, ast.Attribute):
                    name = dotted(call.func.value)
                    if name:
                        where = None if "." in name else function_of(call)
                        self._evidence.setdefault((name, where), set()).add(call.func.attr)
        return self._evidence.get(key, set())

    def calls(self, *methods: str) -> list:
        """Answer the calls of these methods on sessions in the file, in source order."""
        return [
            call for call in self.ctx.nodes(ast.Call)
            if isinstance(call.func, ast.Attribute) and call.func.attr in methods and self.is_session(call.func.value)
        ]  # fmt: skip

    @staticmethod
    def key(node: ast.AST) -> str:
        """Answer what tells one session expression from another: its spelling."""
        return dotted(node) or ast.dump(node)

    # what ends a failed transaction

    def undoes(self, statements: list) -> bool:
        """Answer whether a block rolls back or closes a session, itself or in a helper that it calls."""
        return any(
            isinstance(node, ast.Call) and self._undoes(node) for statement in statements for node in inside(statement)
        )

    def _undoes(self, call) -> bool:
        function = call.func
        name = (
            function.attr
            if isinstance(function, ast.Attribute)
            else function.id
            if isinstance(function, ast.Name)
            else ""
        )
        if "rollback" in name.lower() or name in ("abort_transaction",):
            return True
        if name in CLOSING:
            receiver = function.value if isinstance(function, ast.Attribute) else call
            last = dotted(receiver).rpartition(".")[2]
            if (
                self.is_session(receiver)
                or SESSION_NAME.search(last)
                or name in ("close_session", "close_all_sessions")
            ):
                return True
        for target in self.ctx.targets(call):
            record = self.types.function_record(target, self.ctx.path)
            shape = record[2].get("shape") if record else None
            if shape and (
                shape.get("rollback") or any(self._names_session(e, record[0]) for e in shape.get("close", ()))
            ):
                return True
        return False

    def _names_session(self, expr, path) -> bool:
        if expr is None:
            return False
        last = (
            expr[2]
            if expr[0] in ("attr", "param")
            else expr[1].rpartition(".")[2]
            if expr[0] in ("ref", "name")
            else ""
        )
        if SESSION_NAME.search(str(last)):
            return True
        return any(v[0] == "i" and self.ctx.derives(v[1], *SESSIONS) for v in self.types.values(expr, path))

    # transactions

    def transaction_around(self, node: ast.AST) -> bool:
        """Answer whether a transaction surrounds a node: `begin()`, a helper's `with` or decorator, or it is in the helper."""
        child = node
        for parent in parents(node):
            if isinstance(parent, flow.WITHS) and isinstance(child, ast.stmt):
                if any(self.is_transaction(item.context_expr) for item in parent.items):
                    return True
            if isinstance(parent, FUNCTION_LIKE):
                if isinstance(parent, FUNCTIONS) and (self._is_helper(parent) or self._is_decorated(parent)):
                    return True
            child = parent
        return False

    def is_transaction(self, node: ast.AST) -> bool:
        """Answer whether entering an expression begins a transaction that ends with the block."""
        if isinstance(node, ast.Await):
            node = node.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("begin", "begin_nested"):
                return True
        return self.manages(self.ctx.exprs.of(node), self.ctx.path)

    def manages(self, expr, path: str) -> bool:
        """Answer whether a `with` on what a symbolic expression of the module at `path` gives is a transaction."""
        if expr is None:
            return False
        if expr[0] == "call":
            target = expr[1]
            if target and target[0] == "attr" and target[2] in ("begin", "begin_nested"):
                return True
            for name in self.types.callee_names(target, path):
                record = self.types.function_record(name, path)
                if record is not None and self._yields_in_transaction(record):
                    return True
        return any(v[0] == "i" and self._is_unit(v[1], path) for v in self.types.values(expr, path))

    def _yields_in_transaction(self, record) -> bool:
        """Answer whether a generator yields in a transaction, its own or that of a manager around its `yield`.

        Generators that lead back to each other answer no; each is asked once, because their number of ways is exponential.
        """
        path, name, entry = record
        found = self._yielding.get((path, name))
        if found is None:
            self._yielding[path, name] = False
            found = self._yielding[path, name] = any(
                transaction or any(self.manages(manager, path) for manager in managers)
                for transaction, _, managers in entry.get("shape", {}).get("yields", ())
            )
        return found

    def _is_unit(self, class_name, path) -> bool:
        """Answer whether a class of the project is a context manager that commits or rolls back."""
        for name in self.types.mro(class_name, path):
            record = self.types.class_record(name, path)
            if record is None:
                continue
            functions = self.types.project.summary(record[0])["functions"]
            for method in ("__exit__", "__aexit__"):
                shape = functions.get(f"{record[1]}.{method}", {}).get("shape", {})
                if shape.get("commit") or shape.get("rollback"):
                    return True
        return False

    def _shape(self, function) -> dict:
        summary = self.types.project.summary(self.ctx.path)
        return summary["functions"].get(self.ctx.scope_name(function), {}).get("shape", {})

    def _is_helper(self, function) -> bool:
        shape = self._shape(function)
        if any(transaction for transaction, _, _ in shape.get("yields", ())):
            return True
        if any(transaction for transaction, _, _ in shape.get("runs", ())):
            return True
        owner = function.parent_
        if isinstance(owner, ast.ClassDef):
            module = self.types.project.summary(self.ctx.path)["module"]
            return self._is_unit(f"{module or '__file__'}.{self.ctx.scope_name(owner)}", self.ctx.path)
        return False

    def _is_decorated(self, function) -> bool:
        for decorator in function.decorator_list:
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            for name in self.ctx.targets(target):
                record = self.types.function_record(name, self.ctx.path)
                if record is None:
                    continue
                shape = record[2].get("shape", {})
                if any(t or any(self.manages(m, record[0]) for m in ms) for t, ms, _ in shape.get("runs", ())):
                    return True
                # a generator-based context manager is a decorator too
                if isinstance(decorator, ast.Call) and shape.get("yields"):
                    if self.manages(["call", self.ctx.exprs.of(target), [], {}], self.ctx.path):
                        return True
        return False

    def helper(self, is_async: bool = False) -> str:
        """Answer how a message names the project's own transaction helper: "transaction() from app.db", '' if none."""
        best = ()
        for path, expr, kind in self.types.project.outside("transaction:"):
            module, _, name = expr[1].rpartition(".")
            if self.ctx.settings.is_test(path) or path.partition("/")[0] != self.ctx.path.partition("/")[0]:
                continue  # in a repository of several services the helper of another one is of no use
            if kind.startswith("async ") != is_async:
                continue
            rank = (not kind.endswith("manager"), path != self.ctx.path, len(module), expr[1])
            if not best or rank < best[0]:
                best = (rank, f"{name}() from {module}" if module and path != self.ctx.path else f"{name}()")
        return best[1] if best else ""

    def makes(self, value) -> bool:
        """Answer whether calling a value of the type engine makes a new session: a session class, a `sessionmaker`."""
        if value[0] == "c":
            return self.ctx.derives(value[1], *SESSIONS) and not self.ctx.derives(value[1], *SCOPED)
        return value[0] == "i" and self.ctx.derives(value[1], *MAKERS)

    def is_hand_made(self, node: ast.AST) -> bool:
        """Answer whether a call makes a session that its caller must close: `SessionLocal()`, `next(get_db())`."""
        if not isinstance(node, ast.Call):
            return False
        if isinstance(node.func, ast.Name) and node.func.id in ("next", "anext") and len(node.args) == 1:
            return isinstance(node.args[0], ast.Call) and self.is_session(node)
        if isinstance(node.func, ast.Attribute) and not may_make(f".{node.func.attr}"):
            return False
        if isinstance(node.func, ast.Name) and not may_make(node.func.id):
            return False
        return any(self.makes(value) for value in self.ctx.values(node.func)) and not self._is_scoped(node.func)

    def _is_scoped(self, maker) -> bool:
        """Answer whether a name is put into a registry as well: `if threads: ... else: Session = scoped_session(Session)`."""
        if not isinstance(maker, ast.Name) or "scoped_session" not in self.ctx.text:
            return False
        _, bindings = self.ctx.names.lookup(maker, maker.id)
        return any(
            isinstance(one.value, ast.Call)
            and dotted(one.value.func).rpartition(".")[2] in ("scoped_session", "async_scoped_session")
            for one in bindings
            if one.kind == "assign"
        )


__all__ = ["MAKERS", "SCOPED", "SESSIONS", "Sessions", "of"]
