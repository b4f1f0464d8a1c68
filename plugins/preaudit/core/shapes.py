"""What a function does to transactions, by its shape: a part of the summary that other modules ask.

shape of a function (only what is there):
    "never": true             it can only end by raising
    "commit" "rollback" "close": [expr]      receivers of such calls in its own body
    "yields": [[transaction, closed, [manager expr]]]   each yield: whether a commit follows it and a
                              rollback (or close) covers it; whether it is cleaned up after; `with` around it
    "runs": [[transaction, [manager expr], closed]]   calls of a callable parameter (its own or, in a wrapper
                              of a decorator, that of the function around it)
    "guards": [session, [name]]   a method that rolls the session back whatever these methods of its object raise
    "sql": [name]             its parameters that it hands to a database as SQL

and in the summary's "outside", under names that no attribute has:

[callee expr, "passes:<last name of the callee>", [caller, {position or keyword: expr}, closed]]   a call that
                              hands a session on; closed: a `finally` or handler of the caller ends the session
[expr, "ended:", spelled]     a session that is closed or removed when a request, context or task ends
[None, "tasks in context:", ""]   a task class that runs each task in an application context of its own
[callee expr, "sql:<last name of the callee>", sink]   a call whose result is handed to a database as SQL
[["ref", dotted], "transaction:", kind]   a transaction helper: "manager", "class", "decorator", "async manager" ...
"""

from __future__ import annotations

import ast
import re

from preaudit.core import flow, started
from preaudit.core.exprs import storable
from preaudit.core.patterns import lazy, remembered
from preaudit.core.tree import FUNCTION_LIKE, FUNCTIONS, dotted, function_of, last_name, parents, qualified_scope

COMMIT, ROLLBACK = "commit", "rollback"
CLOSING = frozenset({"close", "aclose", "remove", "invalidate", "reset", "expunge_all", "close_session", "dispose"})
SESSION_NAME = lazy(r"(?:^|_)(?:session|sess|db|s|dbsession)\d*$|session$|Session$", re.ASCII)
_is_session_name = remembered(SESSION_NAME)
NEVER = frozenset({
    "sys.exit", "os._exit", "os.abort", "builtins.exit", "builtins.quit", "flask.abort", "quart.abort", "pytest.fail",
    "werkzeug.exceptions.abort", "flask.helpers.abort", "posix._exit", "typing.assert_never", "flask_restx.abort",
    "flask_restful.abort", "flask_smorest.abort", "bottle.abort", "typing_extensions.assert_never", "pytest.skip",
})  # fmt: skip
# Helpers that are given what they close: _safe_close_session(session), close_db(db).
_CLOSES_GIVEN = lazy(r"(?:^|_)(?:close|rollback)(?:_|$)", re.I)
_ENDINGS = frozenset({
    "teardown_appcontext", "teardown_request", "teardown_app_request", "teardown_websocket", "after_request", "middleware",
    "after_app_request", "on_response", "connect", "listens_for", "teardown", "after_this_request",
})  # fmt: skip
_ENDING_NAMES = frozenset({"dispatch", "__call__", "process_response", "on_finish", "after_return"})
# Calls that take SQL as their first argument.
SQL_SINKS = frozenset({
    "execute", "executemany", "exec_driver_sql", "executescript", "fetch", "fetchrow", "fetchval", "fetch_all", "fetch_one",
    "fetch_val", "read_sql", "read_sql_query", "raw", "scalar", "scalars", "iterate", "exec", "text", "from_statement",
})  # fmt: skip
_LIMIT = 6


def add(record: dict, by_type: dict, exprs) -> None:
    """Add the shapes of a module's functions, and the places that hand on or end sessions, to its summary."""
    _Shapes(record, by_type, exprs).add()


class _Shapes:
    def __init__(self, record, by_type, exprs):
        self.record, self.get, self.exprs = record, by_type.get, exprs
        self.names = exprs.names
        self.calls: dict = {}
        self.made: dict = {}

    def add(self):
        outside, passes = self.record["outside"], 0
        for call in self.get(ast.Call, ()):
            function = call.func
            if isinstance(function, ast.Attribute) and (
                function.attr in CLOSING or function.attr in (COMMIT, ROLLBACK)
            ):
                self.calls.setdefault(function_of(call), []).append(call)
            elif isinstance(function, ast.Attribute) and function.attr == "app_context" and _wraps_tasks(call):
                outside.append([None, "tasks in context:", ""])
            if passes < 400:
                handed = self._handed(call)
                if handed:
                    passes += 1
                    outside.append(handed)
        outside += self._ended()
        for call, where in started.calls(self.get):
            expr = storable(self.exprs.of(call.func), 60)
            if expr is not None and (expr[0] != "ref" or not expr[1].startswith("builtins.")):
                outside.append([expr, f"starts:{last_name(call.func)}", where])
        for function, calls in self.calls.items():
            self._effects(function, calls)
            self._guards(function, calls)
        for kind in (ast.Yield, ast.YieldFrom):
            for node in self.get(kind, ()):
                function = function_of(node)
                if isinstance(function, FUNCTIONS):
                    self._shape(function).setdefault("yields", []).append(self._around(node, function))
        for node in self.get(ast.Call, ()):
            self._run(node)
            if node.args and last_name(node.func) in SQL_SINKS:
                self._sql(node, outside)
        for function in (*self.get(ast.FunctionDef, ()), *self.get(ast.AsyncFunctionDef, ())):
            if dotted(function.returns).rpartition(".")[2] in ("NoReturn", "Never") if function.returns else False:
                self._shape(function)["never"] = True
            elif isinstance(function.body[-1], (ast.Raise, ast.If, ast.Try, ast.With, ast.Expr, ast.Match)):
                if "yields" not in self.made.get(function, ()) and flow.always_raises(function.body, self._never):
                    if not _is_abstract(function):
                        self._shape(function)["never"] = True
            yields = self.made.get(function, {}).get("yields", ())
            if yields and all((closed or managers) and not transaction for transaction, closed, managers in yields):
                self._owner(function, outside)
        functions = self.record["functions"]
        for function, shape in self.made.items():
            entry = functions.get(qualified_scope(function))
            if entry is not None:
                entry["shape"] = shape
            kind = self._helper_kind(function, shape)
            if kind:
                name = function.parent_ if kind == "class" else function
                kind = f"async {kind}" if self._is_async(function) else kind
                outside.append([["ref", f"{self.exprs.module}.{qualified_scope(name)}"], "transaction:", kind])

    def _owner(self, function, outside):
        for node in self.get(ast.Yield, ()):
            if function_of(node) is function and node.value is not None:
                found = [dotted(node.value), self._managers(node, function)]
                outside.append([storable(self.exprs.of(node.value), 60), "owner:", found])

    @staticmethod
    def _is_async(function) -> bool:
        return any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(function))

    @staticmethod
    def _helper_kind(function, shape) -> str:
        """Answer how a transaction helper is used by its shape: manager, class, decorator; '' if it is none."""
        owner = function.parent_
        if isinstance(owner, ast.ClassDef):
            ends = function.name in ("__exit__", "__aexit__") and shape.get(COMMIT) and shape.get(ROLLBACK)
            return "class" if ends and isinstance(owner.parent_, ast.Module) else ""
        if not isinstance(owner, ast.Module):
            return ""
        managed = any(last_name(d) in ("contextmanager", "asynccontextmanager") for d in function.decorator_list)
        for transaction, _, managers in shape.get("yields", ()) if managed else ():
            if transaction or any(
                m[0] == "call" and m[1] and m[1][0] == "attr" and m[1][2] == "begin" for m in managers
            ):
                return "manager"
        return "decorator" if any(run[0] for run in shape.get("runs", ())) and len(function.args.args) == 1 else ""

    def _shape(self, function):
        return self.made.setdefault(function, {})

    def _never(self, call):
        return self.names.qualname(call.func) in NEVER

    def _effects(self, function, calls):
        if not isinstance(function, FUNCTIONS):
            return
        shape = self._shape(function)
        for call in calls:
            kind = call.func.attr if call.func.attr in (COMMIT, ROLLBACK) else "close"
            found = shape.setdefault(kind, [])
            receiver = storable(self.exprs.of(call.func.value), 60) or ["name", dotted(call.func.value)]
            if len(found) < _LIMIT and receiver not in found:
                found.append(receiver)

    def _guards(self, function, calls):
        """Note a method that rolls back whatever another method of its object raises."""
        if not isinstance(function, FUNCTIONS) or not isinstance(function.parent_, ast.ClassDef):
            return
        for call in calls:
            handler = flow.handler_of(call) if call.func.attr == ROLLBACK else None
            if handler is None or not flow.is_broad(handler):
                continue
            asked = {
                node.func.attr
                for statement in handler.parent_.body
                for node in ast.walk(statement)
                if isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and dotted(node.func.value) == "self"
            }
            if asked:
                self._shape(function)["guards"] = [dotted(call.func.value), sorted(asked)[:_LIMIT]]

    # what surrounds a yield or the call of a parameter

    def _around(self, node, function):
        return [self._is_transaction(node), self._is_closed(node), self._managers(node, function)]

    def _managers(self, node, function):
        found = [storable(self.exprs.of(node.value), 60)] if isinstance(node, ast.YieldFrom) else []
        for parent in parents(node):
            if parent is function:
                break
            if isinstance(parent, flow.WITHS) and not any(
                part is node for item in parent.items for part in ast.walk(item)
            ):
                found += [storable(self.exprs.of(item.context_expr), 60) for item in parent.items]
            if isinstance(parent, (ast.For, ast.AsyncFor)) and isinstance(parent.iter, ast.Call):
                # `for session in get_session(): yield session` ends with the inner generator
                found.append(storable(self.exprs.of(parent.iter), 60))
        return [expr for expr in found if expr is not None][:_LIMIT]

    def _is_transaction(self, node):
        """Answer whether a commit follows a node on success, and a rollback or close covers its failure."""
        undone = self._is_closed(node) or any(isinstance(parent, flow.WITHS) for parent in parents(node))
        return undone and any(self._holds(statement, (COMMIT,)) for statement in flow.after(node))

    def _is_closed(self, node):
        for statement in flow.protecting(node):
            if any(self._holds(part, (ROLLBACK, *CLOSING)) for h in statement.handlers for part in h.body):
                return True
        return any(self._holds(part, (ROLLBACK, *CLOSING)) for block in flow.finals(node) for part in block)

    def _holds(self, statement, names):
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
                return True
            if isinstance(node, ast.Call) and CLOSING & set(names):
                last = last_name(node)
                if last in CLOSING or node.args and _CLOSES_GIVEN.search(last):
                    return True
        return False

    def _run(self, call):
        """Note a call of a callable parameter, for runners and the wrappers of decorators."""
        if not isinstance(call.func, ast.Name):
            return
        scope, bindings = self.names.lookup(call, call.func.id)
        if scope is None or len(bindings) != 1 or bindings[0].kind != "param":
            return
        owner, function = scope.node, function_of(call)
        if not isinstance(owner, FUNCTIONS) or not isinstance(function, FUNCTIONS):
            return
        transaction, managers = self._is_transaction(call), self._managers(call, function)
        closed = self._is_closed(call)
        if not (transaction or managers or closed):
            return
        runs = self._shape(owner).setdefault("runs", [])
        if len(runs) < _LIMIT:
            runs.append([transaction, managers, closed])
        outer = function_of(owner)
        if function is not owner and isinstance(outer, FUNCTIONS):
            # a decorator made by a factory: `@transactional(isolation=...)`
            if any(isinstance(n, ast.Return) and dotted(n.value) == owner.name for n in outer.body if n is not owner):
                self._shape(outer).setdefault("runs", runs)

    def _sql(self, call, outside):
        """Note what a call hands to a database: a parameter of its function, or what another function answers."""
        argument = call.args[0]
        if isinstance(argument, ast.Name):
            scope, bindings = self.names.lookup(argument, argument.id)
            if scope is None or len(bindings) != 1 or not isinstance(scope.node, FUNCTIONS):
                return
            if bindings[0].kind == "param":
                names = self._shape(scope.node).setdefault("sql", [])
                if argument.id not in names and len(names) < _LIMIT:
                    names.append(argument.id)
                return
            argument = bindings[0].value if bindings[0].kind == "assign" else None
        if isinstance(argument, ast.Await):
            argument = argument.value
        if isinstance(argument, ast.Call) and last_name(argument) not in SQL_SINKS:
            callee = storable(self.exprs.of(argument.func), 60)
            if callee is not None and not (callee[0] == "ref" and callee[1].startswith(("builtins.", "sqlalchemy."))):
                outside.append([callee, f"sql:{last_name(argument)}", dotted(call.func)[-40:]])

    # sessions that are handed on, or end with the request

    def _handed(self, call):
        given = {}
        for index, arg in enumerate(call.args[:8]):
            if isinstance(arg, (ast.Name, ast.Attribute, ast.Call)) and _is_session_name(last_name(arg)):
                given[str(index)] = arg
        for keyword in call.keywords[:16]:
            value = keyword.value
            if keyword.arg and isinstance(value, (ast.Name, ast.Attribute, ast.Call)):
                if _is_session_name(keyword.arg) or _is_session_name(last_name(value)):
                    given[keyword.arg] = value
        if not given:
            return None
        callee = storable(self.exprs.of(call.func), 80)
        if callee is None or (callee[0] == "ref" and callee[1].startswith("builtins.")):
            return None
        closed = self._is_closed(call)
        values = {key: storable(self.exprs.of(value), 80) for key, value in given.items()}
        function = function_of(call)
        caller = qualified_scope(function) if isinstance(function, FUNCTIONS) else ""
        return [callee, f"passes:{last_name(call.func)}", [caller, values, closed]]

    def _ended(self):
        found: list = []
        for function, calls in self.calls.items():
            if not self._ends_request(function):
                continue
            for call in calls:
                if call.func.attr in CLOSING and len(found) < 20:
                    found.append([storable(self.exprs.of(call.func.value), 60), "ended:", dotted(call.func.value)])
        return found

    def _ends_request(self, function):
        if function is None:
            return False
        if isinstance(function, ast.Lambda):
            call = function.parent_
            return isinstance(call, ast.Call) and last_name(call.func) in _ENDINGS
        if function.name in _ENDING_NAMES or any(last_name(d) in _ENDINGS for d in function.decorator_list):
            return True
        outer = function_of(function)
        if outer is not None and isinstance(outer, FUNCTION_LIKE) and function.name in ("wrapper", "close", "inner"):
            return False
        for call in self.get(ast.Call, ()):
            if last_name(call.func) in _ENDINGS and any(
                dotted(arg).rpartition(".")[2] == function.name for arg in call.args
            ):
                return True
        return False


def _wraps_tasks(call) -> bool:
    """Answer whether a call stands in the `__call__` of a task class, through which each task of the project runs."""
    function = function_of(call)
    owner = function.parent_ if isinstance(function, FUNCTIONS) and function.name == "__call__" else None
    return isinstance(owner, ast.ClassDef) and any("Task" in last_name(base) for base in owner.bases)


def _is_abstract(function) -> bool:
    """Answer whether a function only says that somebody else must write it."""
    if any(last_name(decorator) in ("abstractmethod", "overload") for decorator in function.decorator_list):
        return True
    last = function.body[-1]
    return isinstance(last, ast.Raise) and last.exc is not None and last_name(last.exc) == "NotImplementedError"
