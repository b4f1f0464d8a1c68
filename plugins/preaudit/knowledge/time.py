"""time: sleep() waits, clocks are free."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

FUNCTIONS = {
    "time.sleep": "wait",
    **each("free -> float", "time.time time.monotonic time.perf_counter time.process_time time.mktime"),
    **each("free -> int", "time.time_ns time.monotonic_ns time.perf_counter_ns"),
    **each("free -> str", "time.strftime time.ctime time.asctime"),
    **each("free", "time.gmtime time.localtime time.strptime"),
}
INSTEAD = {"time.sleep": "asyncio.sleep"}
