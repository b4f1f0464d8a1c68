"""multiprocessing: starting forks or spawns, joining and queues wait."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CANONICAL = {
    "multiprocessing.context.Process": "multiprocessing.Process",
}
CLASSES = {
    "multiprocessing.Process": {
        "methods": {"join": "wait", "start": "subprocess", **each("free", "terminate kill close is_alive run")},
        "attrs": each("free", "pid exitcode name daemon"),
    },
    "multiprocessing.pool.Pool": {
        "init": "subprocess",
        "methods": {
            **each("wait", "apply join"),
            **each("wait -> list", "map starmap"),
            **each("free -> multiprocessing.pool.AsyncResult", "apply_async map_async starmap_async"),
            **each("lazy", "imap imap_unordered"),
            **each("free", "close terminate"),
        },
    },
    "multiprocessing.pool.ThreadPool": {"bases": ("multiprocessing.pool.Pool",), "init": "free"},
    "multiprocessing.pool.AsyncResult": {
        "methods": {**each("wait", "get wait"), **each("free -> bool", "ready successful")},
    },
    "multiprocessing.queues.Queue": {
        "methods": {"get": "wait", "put": "wait", **each("free", "get_nowait put_nowait qsize empty full close")},
    },
    "multiprocessing.queues.JoinableQueue": {
        "bases": ("multiprocessing.queues.Queue",),
        "methods": {"join": "wait", "task_done": "free"},
    },
    "multiprocessing.synchronize.Lock": {"methods": {"acquire": "wait", "release": "free"}},
    "multiprocessing.synchronize.Event": {
        "methods": {"wait": "wait -> bool", **each("free", "set clear is_set")},
    },
    "multiprocessing.connection.Connection": {
        "methods": {**each("wait", "recv recv_bytes send send_bytes"), "poll": "free -> bool", "close": "free"},
    },
}
FUNCTIONS = {
    "multiprocessing.Pool": "subprocess -> multiprocessing.pool.Pool",
    "multiprocessing.Queue": "free -> multiprocessing.queues.Queue",
    "multiprocessing.JoinableQueue": "free -> multiprocessing.queues.JoinableQueue",
    "multiprocessing.Lock": "free -> multiprocessing.synchronize.Lock",
    "multiprocessing.Event": "free -> multiprocessing.synchronize.Event",
    "multiprocessing.Manager": "subprocess",
    "multiprocessing.Pipe": "free -> tuple",
    "multiprocessing.cpu_count": "free -> int",
    "multiprocessing.current_process": "free -> multiprocessing.Process",
    "multiprocessing.get_context": "free",
    "multiprocessing.set_start_method": "free",
}
INSTEAD = {
    "multiprocessing.": "asyncio.to_thread",
    "multiprocessing.Pool": "asyncio.AbstractEventLoop.run_in_executor",
    "multiprocessing.pool.": "asyncio.AbstractEventLoop.run_in_executor",
    "multiprocessing.Process.join": "asyncio.to_thread",
}
TIMEOUTS = {
    "multiprocessing.Process.join": ("timeout", 0, None),
    "multiprocessing.pool.AsyncResult.get": ("timeout", 0, None),
    "multiprocessing.queues.Queue.get": ("timeout", 1, None),
}
UNCHECKED = dict.fromkeys(
    (f"multiprocessing.synchronize.Lock.{name}" for name in ("acquire", "release")),
    "copied from the C semaphore by the constructor",
)
