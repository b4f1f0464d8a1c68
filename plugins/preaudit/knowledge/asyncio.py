"""asyncio: coroutines, tasks, streams, subprocesses. Only run() and run_until_complete() block."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CANONICAL = {
    "asyncio.tasks.Task": "asyncio.Task",
    "asyncio.futures.Future": "asyncio.Future",
    "asyncio.locks.Lock": "asyncio.Lock",
    "asyncio.locks.Event": "asyncio.Event",
    "asyncio.locks.Semaphore": "asyncio.Semaphore",
    "asyncio.queues.Queue": "asyncio.Queue",
    "asyncio.events.AbstractEventLoop": "asyncio.AbstractEventLoop",
    "asyncio.streams.StreamReader": "asyncio.StreamReader",
    "asyncio.streams.StreamWriter": "asyncio.StreamWriter",
    "asyncio.tasks.gather": "asyncio.gather",
    "asyncio.tasks.create_task": "asyncio.create_task",
}
CLASSES = {
    "asyncio.Future": {
        "methods": {
            "result": "free -> elem",
            **each("free", "exception done cancelled cancel add_done_callback set_result set_exception"),
        },
    },
    "asyncio.Task": {"bases": ("asyncio.Future",), "methods": each("free", "get_name set_name get_coro cancelling")},
    "asyncio.TaskGroup": {"methods": {"create_task": "free -> asyncio.Task"}},
    "asyncio.Runner": {"methods": {"run": "wait", "close": "free", "get_loop": "free -> asyncio.AbstractEventLoop"}},
    "asyncio.Lock": {"methods": {"acquire": "async -> bool", "release": "free", "locked": "free -> bool"}},
    "asyncio.Event": {"methods": {"wait": "async -> bool", **each("free", "set clear is_set")}},
    "asyncio.Condition": {
        "methods": {**each("async", "wait wait_for acquire"), **each("free", "notify notify_all release locked")},
    },
    "asyncio.Semaphore": {"methods": {"acquire": "async -> bool", "release": "free", "locked": "free -> bool"}},
    "asyncio.BoundedSemaphore": {"bases": ("asyncio.Semaphore",)},
    "asyncio.Barrier": {"methods": each("async", "wait reset abort")},
    "asyncio.Queue": {
        "methods": {
            "get": "async -> elem",
            **each("async", "put join"),
            "get_nowait": "free -> elem",
            **each("free", "put_nowait task_done qsize empty full"),
        },
    },
    "asyncio.LifoQueue": {"bases": ("asyncio.Queue",)},
    "asyncio.PriorityQueue": {"bases": ("asyncio.Queue",)},
    "asyncio.StreamReader": {
        "methods": each("async -> bytes", "read readline readexactly readuntil"),
    },
    "asyncio.StreamWriter": {
        "methods": {
            **each("async", "drain wait_closed start_tls"),
            **each("free", "write writelines close write_eof get_extra_info is_closing"),
        },
    },
    "asyncio.subprocess.Process": {
        "methods": {
            "wait": "async -> int",
            "communicate": "async -> tuple",
            **each("free", "kill terminate send_signal"),
        },
        "attrs": {
            "stdin": "free -> asyncio.StreamWriter",
            "stdout": "free -> asyncio.StreamReader",
            "stderr": "free -> asyncio.StreamReader",
            **each("free", "pid returncode"),
        },
    },
    "asyncio.AbstractEventLoop": {
        "methods": {
            **each("wait", "run_until_complete run_forever"),
            "create_task": "free -> asyncio.Task",
            "create_future": "free -> asyncio.Future",
            "run_in_executor": "async",
            **each("free", "call_soon call_soon_threadsafe call_later call_at stop close is_running is_closed time"),
            **each("free", "add_signal_handler remove_signal_handler set_debug set_exception_handler add_reader"),
            **each("free", "set_default_executor get_debug call_exception_handler"),
            **each(
                "async",
                "create_connection create_server create_datagram_endpoint getaddrinfo sock_recv sock_sendall"
                " sock_connect sock_accept shutdown_asyncgens shutdown_default_executor subprocess_exec",
            ),
        },
    },
    "asyncio.Server": {"methods": {**each("async", "serve_forever wait_closed start_serving"), "close": "free"}},
    "asyncio.Timeout": {"methods": each("free", "reschedule expired when")},
}
FUNCTIONS = {
    "asyncio.run": "wait",
    **each(
        "async",
        "asyncio.sleep asyncio.wait_for asyncio.wait asyncio.to_thread asyncio.open_connection asyncio.start_server",
    ),
    **each("async", "asyncio.gather asyncio.shield asyncio.wrap_future"),
    "asyncio.as_completed": "free",
    "asyncio.create_subprocess_exec": "async -> asyncio.subprocess.Process",
    "asyncio.create_subprocess_shell": "async -> asyncio.subprocess.Process",
    "asyncio.create_task": "free -> asyncio.Task",
    "asyncio.ensure_future": "free -> asyncio.Future",
    "asyncio.run_coroutine_threadsafe": "free -> concurrent.futures.Future",
    **each(
        "free -> asyncio.AbstractEventLoop",
        "asyncio.get_event_loop asyncio.get_running_loop asyncio.new_event_loop",
    ),
    "asyncio.set_event_loop": "free",
    "asyncio.current_task": "free -> asyncio.Task",
    "asyncio.all_tasks": "free",
    "asyncio.timeout": "free -> asyncio.Timeout",
    "asyncio.timeout_at": "free -> asyncio.Timeout",
    **each("free -> bool", "asyncio.iscoroutine asyncio.iscoroutinefunction asyncio.isfuture"),
}
AWAITABLE = {
    "asyncio.gather": "returns a future",
    "asyncio.shield": "returns a future",
    "asyncio.wrap_future": "returns a future",
    "asyncio.AbstractEventLoop.run_in_executor": "returns a future",
}
UNCHECKED = dict.fromkeys(
    (f"asyncio.Condition.{name}" for name in ("acquire", "release", "locked")),
    "copied from the lock by the constructor",
)
