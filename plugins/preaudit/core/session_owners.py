"""Who closes a database session when a call on it fails.

Followed from the expression of the session: a `with`, a `finally`, a dependency that yields it, a teardown, the object it
is stored on, and for a parameter all callers of the project that hand one in.
"""

from __future__ import annotations

import ast

from preaudit.core import flow, sessions
from preaudit.core.handlers import catches_database_errors
from preaudit.core.sessions import SESSIONS
from preaudit.core.shapes import SESSION_NAME
from preaudit.core.tree import FUNCTION_LIKE, FUNCTIONS, dotted, function_of, parents

_LIBRARY_CLOSERS = ("contextlib.closing", "contextlib.aclosing")
_HERE = "here"  # a question that is being answered further up
_NOBODY = "nobody"  # certainly nobody closes it, as opposed to '': not known


def of(ctx) -> Owners:
    """Answer the owners of the sessions of the file under check, made once."""
    return ctx.once("session-owners", lambda: Owners(ctx))


class Owners:
    """Answers who closes the sessions of one file."""

    def __init__(self, ctx):
        """`ctx`: the context of the file under check."""
        self.ctx = ctx
        self.types = ctx.types_engine
        self.found = sessions.of(ctx)
        self._known: dict = {}
        self._open: dict = {}  # question -> how deep it was asked, while it is being answered
        self._doubtful: dict = {}  # answered question -> the depth of an open one that the answer depends on
        self._low = 0
        self._closing: dict = {}

    def owner(self, session: ast.AST, node: ast.AST) -> str:
        """Answer who closes a session when the call at `node` fails: "with", "finally", "dependency", ...; '' if unknown."""
        if any(self.found.undoes(block) for block in flow.finals(node)):
            return "finally"
        key = self.found.key(session)
        for parent in parents(node):
            if isinstance(parent, flow.WITHS) and any(self._enters(item.context_expr, key) for item in parent.items):
                return "with"
            if isinstance(parent, flow.WITHS) and any(_is_app_context(item.context_expr) for item in parent.items):
                return "with"  # Flask-SQLAlchemy removes its session when the block ends
            if isinstance(parent, FUNCTION_LIKE):
                if self._runs_in_app_context(parent):
                    return "with"
                break
        found = self._owned(self.ctx.exprs.of(session), self.ctx.path) or self._ended(session)
        return "" if found in (_NOBODY, _HERE) else found

    def ended_by_caller(self, session: ast.AST, node: ast.AST) -> bool:
        """Answer whether what runs the function ends the session, and the function itself catches no failure before.

        A task of a project whose task class enters an application context, which removes Flask-SQLAlchemy's session; a
        method of a class whose base class runs it and rolls back.
        """
        function = function_of(node)
        for guard in flow.guards(node):
            if guard.part == "body" and any(catches_database_errors(self.ctx, h) for h in guard.statement.handlers):
                return False
        if not isinstance(function, FUNCTIONS):
            return False
        if isinstance(function.parent_, ast.ClassDef) and self._guarded_by_base(dotted(session), function):
            return True
        return (
            isinstance(session, ast.Attribute)
            and self.ctx.is_task(function)
            and any(True for _ in self.types.project.outside("tasks in context:"))
            and self.ctx.is_a(session.value, "flask_sqlalchemy.SQLAlchemy")
        )

    def _guarded_by_base(self, spelled: str, function) -> bool:
        name = f"{self.ctx.names.module or '__file__'}.{self.ctx.scope_name(function.parent_)}"
        for owner in self.types.mro(name, self.ctx.path):
            record = self.types.class_record(owner, self.ctx.path)
            if record is None:
                continue
            for method, entry in self.types.project.summary(record[0])["functions"].items():
                guards = entry.get("shape", {}).get("guards") if method.startswith(f"{record[1]}.") else None
                if guards and guards[0] == spelled and method != self.ctx.scope_name(function):
                    if owner != name or function.name in guards[1]:
                        return True
        return False

    def _runs_in_app_context(self, function) -> bool:
        """Answer whether the file calls a method only in a `with app.app_context():`, and calls it at all."""
        if "app_context" not in self.ctx.text or not isinstance(function.parent_, ast.ClassDef):
            return False  # a function may be called by other modules as well
        return self.ctx.once("called-in-app-context", self._called_in_app_context).get(function.name, False)

    def _called_in_app_context(self) -> dict:
        found: dict = {}
        for call in self.ctx.nodes(ast.Call):
            name = dotted(call.func).rpartition(".")[2]
            found[name] = found.get(name, True) and any(
                isinstance(parent, flow.WITHS) and any(_is_app_context(item.context_expr) for item in parent.items)
                for parent in parents(call)
            )
        return found

    def _enters(self, manager, key) -> bool:
        """Answer whether a `with` is on the session itself, or on `closing(session)`."""
        if (
            isinstance(manager, ast.Call)
            and len(manager.args) == 1
            and self.ctx.targets(manager) & set(_LIBRARY_CLOSERS)
        ):
            manager = manager.args[0]
        return self.found.key(manager) == key

    def _owned(self, expr, path) -> str:
        """Answer the owner of what a symbolic expression of a module gives; each is asked once, however many ways lead there."""
        if expr is None:
            return ""
        key = (repr(expr), path)
        if key in self._open:
            self._low = min(self._low, self._open[key])
            return _HERE
        if key in self._known:
            self._low = min(self._low, self._doubtful.get(key, self._low))
            return self._known[key]
        depth = self._open[key] = len(self._open)
        outer, self._low = self._low, depth
        try:
            found = self._find(expr, path)
        finally:
            del self._open[key]
            low, self._low = self._low, outer
        self._known[key] = found
        if low < depth:
            # asked again from elsewhere the answer may be another one
            self._doubtful[key] = low
            self._low = min(outer, low)
        if not depth:
            for doubtful in self._doubtful:
                del self._known[doubtful]
            self._doubtful.clear()
        return found

    def _find(self, expr, path) -> str:
        kind = expr[0]
        if kind in ("enter", "aenter"):
            return "with" if self._closes(expr[1], path) else ""
        if kind in ("elem", "aelem"):
            # `async for session in get_session():` ends with the generator
            return "with" if expr[1] and expr[1][0] == "call" and self._closes(expr[1], path, True) else ""
        if kind == "or":
            # `session: Session` in the class body declares and gives none
            parts = [part for part in expr[1] if part != ["const", None] and (part[0] != "ann" or part[2] is not None)]
            return _all(self._owned(part, path) for part in parts)
        if kind == "ann":
            return self._owned(expr[2], path)
        if kind == "dep":
            return self._dependency(expr[1], path)
        if kind == "param":
            return (
                self._owned(expr[4], path)
                or self._injected(expr, path)
                or self._decorated(expr, path)
                or self._callers(expr, path)
            )
        if kind in ("await", "unpack"):
            return self._owned(expr[1], path)
        if kind == "attr":
            return self._attribute(expr, path)
        if kind == "ref":
            return self._global(expr, path)
        if kind == "call":
            return self._made(expr, path)
        return ""

    def _closes(self, expr, path, strict=False) -> bool:
        """Answer whether leaving a `with` on an expression closes the session it gave, as far as one can tell.

        `strict`: what is not known does not.
        """
        if expr is None:
            return not strict
        if expr[0] == "await":
            return self._closes(expr[1], path)
        if expr[0] == "call":
            for name in self.types.callee_names(expr[1], path):
                record = self.types.function_record(name, path)
                if record is None or not record[2].get("gen"):
                    continue
                return self._cleans_up(record)
        return not strict

    def _cleans_up(self, record) -> bool:
        """Answer whether a generator closes what it yields, or yields from managers that do."""
        path, name, entry = record
        found = self._closing.get((path, name))
        if found is None:
            self._closing[path, name] = True
            given = entry.get("yields", ())
            found = self._closing[path, name] = all(
                closed
                or any(self._closes(manager, path) for manager in managers)
                or index < len(given)
                and given[index] is not None
                and given[index][0] == "param"  # it is the caller's
                for index, (_, closed, managers) in enumerate(entry.get("shape", {}).get("yields", ()))
            )
        return found

    def _dependency(self, expr, path) -> str:
        names = self.types.callee_names(expr, path)
        for name in names:
            record = self.types.function_record(name, path)
            if record is None:
                return "dependency"
            home, _, entry = record
            if entry.get("gen"):
                return "dependency" if self._cleans_up(record) else _NOBODY
            return _all(self._owned(ret, home) for ret in entry.get("ret", ()))
        return "dependency" if not names else ""

    def _injected(self, expr, path) -> str:
        """Answer the owner of a parameter that an annotation `Annotated[Session, Depends(get_db)]` injects."""
        annotation = expr[3]
        if annotation is None:
            return ""
        if annotation[0] == "ann" and annotation[2] and annotation[2][0] == "dep":
            return self._dependency(annotation[2][1], path)
        if annotation[0] == "inst":
            for home, alias in self._aliases(annotation[1], path):
                if alias and alias[0] == "ann" and alias[2] and alias[2][0] == "dep":
                    return self._dependency(alias[2][1], home)
            return "unknown" if self._is_unreadable(annotation[1], path) else ""
        return ""

    def _is_unreadable(self, expr, path) -> bool:
        """Answer whether a name is imported from a module of the project that does not parse, or does not define it."""
        if expr is None or expr[0] != "ref" or expr[1].startswith("__file__."):
            return False
        found = self.types.project.find(expr[1], path)
        if found is None or len(found[1]) != 1:
            return False
        summary = self.types.project.summary(found[0])
        return (
            not any(found[1][0] in summary[kind] for kind in ("names", "classes", "functions")) and not summary["stars"]
        )

    def _decorated(self, expr, path) -> str:
        """Answer "decorator" for a parameter of a function whose decorator ends the session when the function is done."""
        for name in self.types.decorators(expr[1], path):
            record = self.types.function_record(name, path)
            if record is not None and any(closed for _, _, closed in record[2].get("shape", {}).get("runs", ())):
                return "decorator"
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

    def _callers(self, expr, path) -> str:
        """Answer the owner of a parameter: all callers of the project that hand a session in must own theirs."""
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
                found.append("finally" if closed else self._owned(value, home))
        if _NOBODY in found:
            return _NOBODY
        if any(one not in ("", _HERE) for one in found):
            return "caller"
        return "test" if in_tests and not found else self._usual()

    def _usual(self) -> str:
        """Answer "usual" where the project closes the sessions it hands out and leaves commits to others.

        With a generator that yields a session and closes it, or a teardown or middleware. A parameter whose callers are
        not known comes from there, as far as one can tell.
        """
        for path, _, spelled in self.types.project.outside("ended:"):
            if SESSION_NAME.search(spelled.rpartition(".")[2]) and not self.ctx.settings.is_test(path):
                return "usual"
        for path, expr, (spelled, managers) in self.types.project.outside("owner:"):
            if self.ctx.settings.is_test(path) or any(self.found.manages(manager, path) for manager in managers):
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

    def _attribute(self, expr, path) -> str:
        base, name = expr[1], expr[2]
        if base is None:
            return ""
        if base[0] == "attr" and self._is_ended(f"{base[2]}.{name}"):
            return "teardown"
        if base[0] in ("enter", "aenter"):
            return self._owned(base, path)
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
                    found.append(self._owned(stored, record[0]) or self._field(value[1], name, stored, record))
                    break
        return _all(found)

    def _field(self, class_name, name, stored, record) -> str:
        """Answer the owner of a field that is only declared: those who make the objects (pydantic, dataclasses) own theirs."""
        home, qualified, _ = record
        if stored[:1] != ["ann"] or stored[2] is not None:
            return ""
        if f"{qualified}.__init__" in self.types.project.summary(home)["functions"]:
            return ""
        found = []
        for path, callee, (_, given, closed) in self.types.project.outside(f"passes:{class_name.rpartition('.')[2]}"):
            value = given.get(name)
            if value is not None and not self.ctx.settings.is_test(path):
                if class_name in self.types.callee_names(callee, path):
                    found.append("finally" if closed else self._owned(value, path))
        return _all(one for one in found if one != _HERE)

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
        if len(spelled) < 2 or spelled[0] == "self":
            return ""
        return "teardown" if self._is_ended(".".join(spelled[-2:])) else ""

    def _is_ended(self, last: str) -> bool:
        return any(".".join(other.split(".")[-2:]) == last for _, _, other in self.types.project.outside("ended:"))

    def _made(self, expr, path) -> str:
        """Answer the owner of what a call gives: a session made by hand has none, a function may give a global one."""
        if expr[1] and expr[1][0] == "attr" and expr[1][2] in ("enter_context", "enter_async_context"):
            return "with"
        for name in self.types.callee_names(expr[1], path):
            record = self.types.function_record(name, path)
            if record is None or record[2].get("gen"):
                continue
            found = _all(self._owned(ret, record[0]) for ret in record[2].get("ret", ()))
            if found:
                return found
        for value in self.types.values(expr[1], path):
            if self.found.makes(value):
                return _NOBODY
        return _NOBODY if self._calls_a_maker(expr[1], path) else ""

    def _calls_a_maker(self, expr, path) -> bool:
        """Answer whether what is called comes from a function that is annotated to give a maker: `-> Callable[[], Session]`."""
        for name in self.types.callee_names(expr[1], path) if expr and expr[0] == "call" else ():
            record = self.types.function_record(name, path)
            annotation = record[2].get("ann") if record is not None else None
            if not annotation or annotation[0] != "inst" or not annotation[2] or annotation[2][-1] is None:
                continue
            given = annotation[2][-1]
            if annotation[1][0] == "ref" and annotation[1][1].endswith(".Callable"):
                values = self.types.values(given, record[0])
                if any(value[0] == "i" and self.ctx.derives(value[1], *SESSIONS) for value in values):
                    return True
        return False


def _is_app_context(manager) -> bool:
    return isinstance(manager, ast.Call) and isinstance(manager.func, ast.Attribute) and manager.func.attr in (
        "app_context", "request_context", "test_request_context")  # fmt: skip


def _all(owners) -> str:
    """Answer the owner of what can be one of several sessions: each needs one."""
    found = list(owners)
    if _NOBODY in found:
        return _NOBODY
    return found[0] if found and all(found) else ""


__all__ = ["Owners", "of"]
