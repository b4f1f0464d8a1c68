"""AnyIO: coroutines, files and paths in threads."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "anyio"

CLASSES = {
    "anyio.Path": {
        "methods": {
            "read_text": "async -> str",
            "read_bytes": "async -> bytes",
            **each("async", "write_text write_bytes stat mkdir unlink rmdir touch chmod lstat"),
            **each("async -> bool", "exists is_file is_dir is_symlink"),
            **each("async -> self", "resolve rename replace absolute expanduser"),
            "open": "async -> anyio.AsyncFile",
            **each("free -> self", "joinpath with_name with_suffix relative_to"),
            **each("free", "iterdir glob rglob"),
        },
        "attrs": {**each("free -> str", "name stem suffix"), "parent": "free -> self"},
    },
    "anyio.AsyncFile": {
        "methods": {
            **each("async", "read readline readlines write writelines seek tell flush truncate aclose"),
        },
        "attrs": {"wrapped": "free -> io.IOBase"},
    },
    "anyio.Lock": {"methods": {"acquire": "async", **each("free", "release acquire_nowait locked")}},
    "anyio.Semaphore": {"methods": {"acquire": "async", "release": "free"}},
    "anyio.CapacityLimiter": {"methods": {"acquire": "async", "release": "free"}},
    "anyio.Event": {"methods": {"wait": "async", "set": "free", "is_set": "free -> bool"}},
    "anyio.abc.TaskGroup": {"methods": {"start_soon": "free", "start": "async"}, "attrs": {"cancel_scope": "free"}},
    "anyio.CancelScope": {"methods": {"cancel": "free"}},
}
FUNCTIONS = {
    **each("async", "anyio.sleep anyio.sleep_until anyio.sleep_forever anyio.connect_tcp anyio.connect_unix"),
    **each("async", "anyio.run_process anyio.open_process anyio.wait_all_tasks_blocked anyio.getaddrinfo"),
    **each("async", "anyio.to_thread.run_sync anyio.to_process.run_sync anyio.create_tcp_listener"),
    "anyio.open_file": "async -> anyio.AsyncFile",
    "anyio.run": "wait",
    **each("wait", "anyio.from_thread.run anyio.from_thread.run_sync"),
    "anyio.create_task_group": "free -> anyio.abc.TaskGroup",
    "anyio.create_memory_object_stream": "free -> tuple",
    **each("free", "anyio.fail_after anyio.move_on_after anyio.current_time"),
}
