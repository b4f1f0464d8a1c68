"""Database sessions: what is one, who owns and closes it, what is a transaction around a statement.

The one place that the rules on transactions ask. A session counts by its type; where nothing tells
the type, by its spelling and by what else is done with the same name. A transaction helper counts by
its shape (core/shapes.py), in whatever module of the project it is, and never by its name.
"""

from __future__ import annotations

import ast
import re

from preaudit.core import flow
from preaudit.core.shapes import CLOSING, NEVER, SESSION_NAME
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
_LIBRARY_CLOSERS = ("contextlib.closing", "contextlib.aclosing")
_DEPTH = 40
_HERE = "here"  # a question that is being answered further up
_NOBODY = "nobody"  # certainly nobody closes it, as opposed to '': not known


def of(ctx) -> Sessions:
    """Answer the sessions of the file under check, made once."""
    return ctx.once("sessions", lambda: Sessions(ctx))


# What makes sessions is a class or named for it, in all the code that was read: SessionLocal, session_factory, make_db.
_MAKER = re.compile(r"sess|maker|factory|scope|store|local|db|conn|engine|database|orm|uow|transaction", re.I)


class Sessions:
    """Answers questions on the sessions of one file."""

    def __init__(self, ctx):
        """`ctx`: the context of the file under check."""
        self.ctx = ctx
        self.types = ctx.types_engine
        self._evidence: dict = {}
        self._is_session: dict = {}
        self._owners: dict = {}

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

    def undoes(self, statements: list, depth: int = 0) -> bool:
        """Answer whether a block rolls back or closes a session, itself or in a helper that it calls."""
        for statement in statements:
            for node in inside(statement):
                if isinstance(node, ast.Call) and self._undoes(node):
                    return True
                if isinstance(node, flow.WITHS) and any(self.is_transaction(item.context_expr) for item in node.items):
                    continue
        return False

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

    def never_returns(self, call: ast.Call) -> bool:
        """Answer whether a call certainly raises: a library's way out, or a helper that always raises."""
        function = call.func
        if isinstance(function, ast.Attribute) and function.attr == "retry" and dotted(function.value) == "self":
            return not any(k.arg == "throw" for k in call.keywords)
        for name in self.ctx.targets(call) or {self.ctx.qualname(function)}:
            if name in NEVER or name.endswith(".abort") and not self.ctx.is_own(name) and "flask" in name:
                return True
            record = self.types.function_record(name, self.ctx.path) if name else None
            if record and record[2].get("shape", {}).get("never"):
                return True
        return False

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
        return self._manages(self.ctx.exprs.of(node), self.ctx.path, 0)

    def _manages(self, expr, path, depth) -> bool:
        if expr is None or depth > _DEPTH:
            return False
        if expr[0] == "call":
            target = expr[1]
            if target and target[0] == "attr" and target[2] in ("begin", "begin_nested"):
                return True
            for name in self.types.callee_names(target, path):
                record = self.types.function_record(name, path)
                if record is not None:
                    for transaction, _, managers in record[2].get("shape", {}).get("yields", ()):
                        if transaction or any(self._manages(m, record[0], depth + 1) for m in managers):
                            return True
        return any(v[0] == "i" and self._is_unit(v[1], path) for v in self.types.values(expr, path))

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
        if any(transaction for transaction, _ in shape.get("runs", ())):
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
                if any(t or any(self._manages(m, record[0], 1) for m in ms) for t, ms in shape.get("runs", ())):
                    return True
                # a generator-based context manager is a decorator too
                if isinstance(decorator, ast.Call) and shape.get("yields"):
                    if self._manages(["call", self.ctx.exprs.of(target), [], {}], self.ctx.path, 0):
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

    # owners

    def owner(self, session: ast.AST, node: ast.AST) -> str:
        """Answer who closes a session when the call at `node` fails: "with", "finally", "dependency", ...; '' if unknown."""
        if any(self.undoes(block) for block in flow.finals(node)):
            return "finally"
        key = self.key(session)
        for parent in parents(node):
            if isinstance(parent, flow.WITHS) and any(self._enters(item.context_expr, key) for item in parent.items):
                return "with"
            if isinstance(parent, flow.WITHS) and any(_is_app_context(item.context_expr) for item in parent.items):
                return "with"  # Flask-SQLAlchemy removes its session when the block ends
            if isinstance(parent, FUNCTION_LIKE):
                break
        found = self._owned(self.ctx.exprs.of(session), self.ctx.path, 0) or self._ended(session)
        return "" if found == _NOBODY else found

    def _enters(self, manager, key) -> bool:
        """Answer whether a `with` is on the session itself, or on `closing(session)`."""
        if (
            isinstance(manager, ast.Call)
            and len(manager.args) == 1
            and self.ctx.targets(manager) & set(_LIBRARY_CLOSERS)
        ):
            manager = manager.args[0]
        return self.key(manager) == key

    def _owned(self, expr, path, depth) -> str:
        if expr is None or depth > _DEPTH:
            return ""
        kind = expr[0]
        if kind in ("enter", "aenter"):
            return "with" if self._closes(expr[1], path, depth + 1) else ""
        if kind in ("elem", "aelem"):
            # `async for session in get_session():` ends with the generator
            return "with" if expr[1] and expr[1][0] == "call" and self._closes(expr[1], path, depth + 1, True) else ""
        if kind == "or":
            return _all(self._owned(part, path, depth + 1) for part in expr[1] if part != ["const", None])
        if kind == "ann":
            return self._owned(expr[2], path, depth + 1)
        if kind == "dep":
            return self._dependency(expr[1], path, depth)
        if kind == "param":
            return (
                self._owned(expr[4], path, depth + 1)
                or self._injected(expr, path, depth)
                or self._handed(expr, path, depth)
            )
        if kind in ("await", "unpack"):
            return self._owned(expr[1], path, depth + 1)
        if kind == "attr":
            return self._attribute(expr, path, depth)
        if kind == "ref":
            return self._global(expr, path)
        if kind == "call":
            return self._made(expr, path, depth)
        return ""

    def _closes(self, expr, path, depth, strict=False) -> bool:
        """Answer whether leaving a `with` on an expression closes the session it gave, as far as one can tell.

        `strict`: what is not known does not.
        """
        if expr is None or depth > _DEPTH:
            return not strict
        if expr[0] == "await":
            return self._closes(expr[1], path, depth + 1)
        if expr[0] == "call":
            for name in self.types.callee_names(expr[1], path):
                record = self.types.function_record(name, path)
                if record is None or not record[2].get("gen"):
                    continue
                yields = record[2].get("shape", {}).get("yields", ())
                return all(closed or any(self._closes(m, record[0], depth + 1) for m in ms) for _, closed, ms in yields)
        return not strict

    def _dependency(self, expr, path, depth) -> str:
        names = self.types.callee_names(expr, path)
        for name in names:
            record = self.types.function_record(name, path)
            if record is None:
                return "dependency"
            home, _, entry = record
            if entry.get("gen"):
                yields = entry.get("shape", {}).get("yields", ())
                if all(closed or any(self._closes(m, home, depth + 1) for m in ms) for _, closed, ms in yields):
                    return "dependency"
                return _NOBODY
            return _all(self._owned(ret, home, depth + 1) for ret in entry.get("ret", ()))
        return "dependency" if not names else ""

    def _injected(self, expr, path, depth) -> str:
        """Answer the owner of a parameter that an annotation `Annotated[Session, Depends(get_db)]` injects."""
        annotation = expr[3]
        if annotation is None:
            return ""
        if annotation[0] == "ann" and annotation[2] and annotation[2][0] == "dep":
            return self._dependency(annotation[2][1], path, depth)
        if annotation[0] == "inst":
            for home, alias in self._aliases(annotation[1], path):
                if alias and alias[0] == "ann" and alias[2] and alias[2][0] == "dep":
                    return self._dependency(alias[2][1], home, depth)
        return ""

    def _aliases(self, expr, path):
        if expr is None or expr[0] != "ref":
            return
        for _ in range(4):
            found = (
                self.types.project.find(expr[1], path)
                if not expr[1].startswith("__file__.")
                else (path, expr[1].split(".")[1:])
            )
            if found is None or len(found[1]) != 1:
                return
            path = found[0]
            summary = self.types.project.summary(path)
            value = summary["names"].get(found[1][0])
            if value and value[0] == "alias":
                yield path, value[1]
                return
            if not value or value[0] != "ref":
                return
            expr = value

    def _handed(self, expr, path, depth) -> str:
        """Answer the owner of a parameter: all callers of the project that hand a session in must own theirs."""
        key = (expr[1], expr[2])
        if key not in self._owners:
            self._owners[key] = _HERE
            self._owners[key] = self._callers(expr, path, depth)
        return self._owners[key]

    def _callers(self, expr, path, depth) -> str:
        function, name = expr[1], expr[2]
        record = self.types.function_record(function, path)
        if record is None:
            return ""
        params = [p[0] for p in record[2].get("params", ())]
        index = params.index(name) if name in params else -1
        owner, _, last = function.rpartition(".")
        is_method = bool(params) and record[2]["params"][0][1] and record[2]["params"][0][1][0] in ("self", "cls")
        asked = {last, owner.rpartition(".")[2]} if last == "__init__" else {last}
        found: list = []
        in_tests = False
        for asked_name in sorted(asked):
            for home, callee, (caller, given, closed) in self.types.project.outside(f"passes:{asked_name}"):
                if home == path and caller and function.endswith(f".{caller}"):
                    continue  # it calls itself
                value = given.get(name) or given.get(str(index - 1 if is_method else index))
                if value is None or not self._is_callee(callee, home, function):
                    continue
                if self.ctx.settings.is_test(home):
                    in_tests = True
                    continue
                found.append("finally" if closed else self._owned(value, home, depth + 1))
        if _NOBODY in found:
            return _NOBODY
        if any(one not in ("", _HERE) for one in found):
            return "caller"
        return "test" if in_tests and not found else self._usual()

    def _usual(self) -> str:
        """Answer "usual" where the project has a generator that yields a session, closes it and leaves commits to others.

        A parameter whose callers are not known comes from there, as far as one can tell.
        """
        for path, expr, (spelled, managers) in self.types.project.outside("owner:"):
            if self.ctx.settings.is_test(path) or any(self._manages(manager, path, 0) for manager in managers):
                continue
            if SESSION_NAME.search(spelled.rpartition(".")[2]):
                return "usual"
            if any(v[0] == "i" and self.ctx.derives(v[1], *SESSIONS) for v in self.types.values(expr, path)):
                return "usual"
        return ""

    def _is_callee(self, callee, path, function) -> bool:
        names = self.types.callee_names(callee, path)
        if function in names:
            return True
        owner, _, last = function.rpartition(".")
        if last == "__init__" and owner in names:
            return True
        for name in names:
            of, _, method = name.rpartition(".")
            if last == "__init__" and owner in self.types.mro(name, path):
                return True
            if method == last and owner in self.types.mro(of, path):
                return True
        return False

    def _attribute(self, expr, path, depth) -> str:
        base, name = expr[1], expr[2]
        if base is None:
            return ""
        if base[0] in ("enter", "aenter"):
            return self._owned(base, path, depth + 1)
        found: list = []
        for value in self.types.values(base, path):
            if value[0] not in "ic":
                continue
            for owner in self.types.mro(value[1], path):
                record = self.types.class_record(owner, path)
                if record is None:
                    continue
                if self._object_closes(record, name):
                    return "object"
                stored = record[2]["attrs"].get(name)
                if stored is not None:
                    found.append(self._owned(stored, record[0], depth + 1))
                    break
        return _all(found)

    def _object_closes(self, record, name) -> bool:
        """Answer whether a class closes the session it holds: in `__exit__`, `close` or any other method."""
        path, qualified, _ = record
        for method, entry in self.types.project.summary(path)["functions"].items():
            if method.startswith(f"{qualified}."):
                for expr in entry.get("shape", {}).get("close", ()):
                    if expr and expr[0] == "attr" and expr[2] == name and expr[1] and expr[1][0] == "self":
                        return True
        return False

    def _global(self, expr, path) -> str:
        found = self.types.project.find(expr[1], path) if not expr[1].startswith("__file__.") else (path, [expr[1][9:]])
        if found is not None and len(found[1]) == 1:
            value = self.types.project.summary(found[0])["names"].get(found[1][0])
            if value and value[0] in ("enter", "aenter"):
                return "with"
        for home, ended, _ in self.types.project.outside("ended:"):
            if ended is not None and ended[0] == "ref" and self._same_global(ended[1], home, expr[1], path):
                return "teardown"
        values = self.types.resolve(expr[1], path)
        return _NOBODY if any(v[0] == "i" and self.ctx.derives(v[1], *SESSIONS) for v in values) else ""

    def _same_global(self, one, home, other, path) -> bool:
        if one == other:
            return True
        if one.rpartition(".")[2] != other.rpartition(".")[2]:
            return False
        return self._origin(one, home) == self._origin(other, path)

    def _origin(self, name, path):
        for _ in range(5):
            found = self.types.project.find(name, path) if not name.startswith("__file__.") else None
            if found is None or len(found[1]) != 1:
                return name
            value = self.types.project.summary(found[0])["names"].get(found[1][0])
            if not value or value[0] != "ref":
                return name
            name, path = value[1], found[0]
        return name

    def _ended(self, session) -> str:
        """Answer "teardown" for `request.state.db` and the like that a middleware closes, told by the last two names."""
        spelled = dotted(session).split(".")
        if len(spelled) < 2:
            return ""
        for _, _, other in self.types.project.outside("ended:"):
            if other.split(".")[-2:] == spelled[-2:] and spelled[0] != "self":
                return "teardown"
        return ""

    def _made(self, expr, path, depth) -> str:
        """Answer the owner of what a call gives: a session made by hand has none, a function may give a global one."""
        if expr[1] and expr[1][0] == "attr" and expr[1][2] in ("enter_context", "enter_async_context"):
            return "with"
        for name in self.types.callee_names(expr[1], path):
            record = self.types.function_record(name, path)
            if record is None or record[2].get("gen"):
                continue
            found = _all(self._owned(ret, record[0], depth + 1) for ret in record[2].get("ret", ()))
            if found:
                return found
        for value in self.types.values(expr[1], path):
            if self._makes(value):
                return _NOBODY
        return ""

    def _makes(self, value) -> bool:
        if value[0] == "c":
            return self.ctx.derives(value[1], *SESSIONS) and not self.ctx.derives(value[1], *SCOPED)
        return value[0] == "i" and self.ctx.derives(value[1], *MAKERS)

    def is_hand_made(self, node: ast.AST) -> bool:
        """Answer whether a call makes a session that its caller must close: `SessionLocal()`, `next(get_db())`."""
        if not isinstance(node, ast.Call):
            return False
        if isinstance(node.func, ast.Name) and node.func.id in ("next", "anext") and len(node.args) == 1:
            return isinstance(node.args[0], ast.Call) and self.is_session(node)
        # asking what every call of a file calls would cost more than all other rules together
        if isinstance(node.func, ast.Attribute) and not _MAKER.search(node.func.attr):
            return False
        if isinstance(node.func, ast.Name) and not (node.func.id[0].isupper() or _MAKER.search(node.func.id)):
            return False
        return any(self._makes(value) for value in self.ctx.values(node.func))


def _is_app_context(manager) -> bool:
    return isinstance(manager, ast.Call) and isinstance(manager.func, ast.Attribute) and manager.func.attr in (
        "app_context", "request_context", "test_request_context")  # fmt: skip


def _all(owners) -> str:
    """Answer the owner of what can be one of several sessions: each needs one."""
    found = list(owners)
    if _NOBODY in found:
        return _NOBODY
    return found[0] if found and all(found) else ""


__all__ = ["MAKERS", "SCOPED", "SESSIONS", "Sessions", "of"]
