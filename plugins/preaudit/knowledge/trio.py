"""Trio: coroutines, files and paths in threads."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "trio"

CLASSES = {
    "trio.Path": {
        "methods": {
            "read_text": "async -> str",
            "read_bytes": "async -> bytes",
            **each("async", "write_text write_bytes stat mkdir unlink rmdir touch exists is_file is_dir open"),
            **each("free", "joinpath with_name with_suffix"),
        },
    },
    "trio.Nursery": {"methods": {"start_soon": "free", "start": "async"}, "attrs": {"cancel_scope": "free"}},
    "trio.Lock": {"methods": {"acquire": "async", "release": "free"}},
    "trio.Semaphore": {"methods": {"acquire": "async", "release": "free"}},
    "trio.Event": {"methods": {"wait": "async", "set": "free", "is_set": "free -> bool"}},
    "trio.CancelScope": {"methods": {"cancel": "free"}},
}
FUNCTIONS = {
    **each("async", "trio.sleep trio.sleep_until trio.sleep_forever trio.open_tcp_stream trio.run_process"),
    **each("async", "trio.to_thread.run_sync trio.open_file trio.serve_tcp"),
    "trio.run": "wait",
    **each("wait", "trio.from_thread.run trio.from_thread.run_sync"),
    "trio.open_nursery": "free -> asynccontextmanager[trio.Nursery]",
    **each("free", "trio.fail_after trio.move_on_after trio.current_time trio.open_memory_channel"),
}
