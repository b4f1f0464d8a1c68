"""psutil: cpu_percent(interval) and wait() wait; the rest reads /proc at once."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "psutil"

CLASSES = {
    "psutil.Process": {
        "methods": {
            "wait": "wait",
            **each("free", "memory_info cpu_percent terminate kill is_running status name cmdline children parent"),
        },
        "attrs": {"pid": "free -> int"},
    },
}
FUNCTIONS = {
    "psutil.wait_procs": "wait -> tuple",
    **each("free", "psutil.virtual_memory psutil.disk_usage psutil.cpu_count psutil.pids psutil.process_iter"),
}
INSTEAD = {"psutil.": "asyncio.to_thread"}
