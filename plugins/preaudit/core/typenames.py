"""The types that knowledge tables write as text, and the few calls whose result depends on an argument."""

from __future__ import annotations

AWAITABLE = "typing.Awaitable"
MANAGER = "contextlib.AbstractContextManager"
ASYNC_MANAGER = "contextlib.AbstractAsyncContextManager"
MANAGERS = frozenset({MANAGER, ASYNC_MANAGER, "typing.ContextManager", "typing.AsyncContextManager"})
AWAITABLES = frozenset({AWAITABLE, "typing.Coroutine", "asyncio.Task", "asyncio.Future", "collections.abc.Awaitable",
                        "collections.abc.Coroutine", "asyncio.futures.Future", "asyncio.tasks.Task"})  # fmt: skip
# Files that are in memory: reading and writing them does not wait.
MEMORY = frozenset({"io.BytesIO", "io.StringIO", "tempfile.SpooledTemporaryFile"})
_PLAIN = frozenset(
    "str int float bool bytes bytearray list dict set frozenset tuple object type complex memoryview range".split()
)
_SHORT = {"contextmanager": MANAGER, "asynccontextmanager": ASYNC_MANAGER, "awaitable": AWAITABLE,
          "iterator": "typing.Iterator", "generator": "typing.Generator", "asynciterator": "typing.AsyncIterator"}  # fmt: skip

# dotted name: (how the result follows from an argument, index of the argument)
SPECIAL_CALLS = {
    "contextlib.closing": ("manager", 0),
    "contextlib.aclosing": ("manager", 0),
    "contextlib.nullcontext": ("manager", 0),
    "contextlib.ExitStack.enter_context": ("enter", 0),
    "contextlib.AsyncExitStack.enter_context": ("enter", 0),
    "contextlib.AsyncExitStack.enter_async_context": ("aenter", 0),
    "asyncio.gather": ("gather", 0),
    "asyncio.TaskGroup.create_task": ("task", 0),
    "asyncio.AbstractEventLoop.create_task": ("task", 0),
    "concurrent.futures.Executor.submit": ("submit", 0),
    "concurrent.futures.Executor.map": ("map", 0),
    "asyncio.wait_for": ("same", 0),
    "asyncio.shield": ("same", 0),
    "asyncio.create_task": ("task", 0),
    "asyncio.ensure_future": ("task", 0),
    "asyncio.run": ("awaited", 0),
    "asyncio.to_thread": ("awaitable-call", 0),
    "anyio.to_thread.run_sync": ("awaitable-call", 0),
    "starlette.concurrency.run_in_threadpool": ("awaitable-call", 0),
    "fastapi.concurrency.run_in_threadpool": ("awaitable-call", 0),
    "asyncio.AbstractEventLoop.run_in_executor": ("awaitable-call", 1),
    "functools.partial": ("partial", 0),
    "typing.NewType": ("same", 1),
    "typing.TypeVar": ("bound", 0),
    # a record holds what its key refers to, not the field
    "django.db.models.ForeignKey": ("related", 0),
    "django.db.models.OneToOneField": ("related", 0),
    "copy.copy": ("same", 0),
    "copy.deepcopy": ("same", 0),
    **{
        f"builtins.{name}": ("collect", 0)
        for name in ("list", "set", "frozenset", "tuple", "sorted", "reversed", "iter")
    },
    "builtins.filter": ("collect", 1),
    "builtins.next": ("next", 0),
    "builtins.enumerate": ("enumerate", 0),
    "builtins.zip": ("zip", 0),
    "builtins.map": ("map", 0),
}

_memo: dict = {}


def instance(kind: str) -> str:
    """Answer the class of what a (async) context manager function gives."""
    return ASYNC_MANAGER if kind == "async" else MANAGER


def parse_type(text: str, receiver=None) -> frozenset:
    """Answer the values that a type text of a table means; `self` is the receiver. Empty if it says nothing."""
    key = (text, receiver)
    found = _memo.get(key)
    if found is None:
        found = frozenset(_parse(text.strip(), receiver))
        if len(_memo) > 20_000:
            _memo.clear()
        _memo[key] = found
    return found


def _split(text: str, separator: str) -> list:
    parts, depth, start = [], 0, 0
    for index, char in enumerate(text):
        if char == "[":
            depth += 1
        elif char == "]":
            depth -= 1
        elif char == separator and not depth:
            parts.append(text[start:index].strip())
            start = index + 1
    parts.append(text[start:].strip())
    return parts


def _parse(text: str, receiver) -> set:
    if not text:
        return set()
    alternatives = _split(text, "|")
    if len(alternatives) > 1:
        return {value for part in alternatives for value in _parse(part, receiver)}
    if text == "None":
        return {("v", None)}
    if text in ("self", "Self"):
        if receiver is None:
            return set()
        return {("i", receiver[1], ())} if receiver[0] == "c" else {receiver}
    if text in ("elem", "value"):
        inner = receiver[2] if receiver is not None and receiver[0] == "i" else ()
        return set(inner[0 if text == "elem" else -1]) if inner else set()
    if text.startswith("@"):
        return set()
    name, _, inner = text.partition("[")
    args = tuple(frozenset(_parse(part, receiver)) for part in _split(inner[:-1], ",")) if inner.endswith("]") else ()
    if name == "type":
        return {("c", value[1]) for part in args for value in part if value[0] == "i"}
    if name in _SHORT:
        return {("i", _SHORT[name], args)}
    return {("i", f"builtins.{name}" if name in _PLAIN else name, args)}
