"""select: waits for sockets."""

from __future__ import annotations

DISTRIBUTION = ""

FUNCTIONS = {"select.select": "wait -> tuple"}
INSTEAD = {"select.": "asyncio.AbstractEventLoop.add_reader"}
