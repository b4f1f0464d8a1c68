"""Built-in functions that touch a file or wait for the user."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

FUNCTIONS = {
    "builtins.open": "file -> io.TextIOWrapper",
    "builtins.input": "wait -> str",
    "builtins.print": "free",
    **each("free -> int", "builtins.len builtins.hash builtins.id builtins.ord"),
    **each("free -> str", "builtins.repr builtins.chr builtins.ascii builtins.format builtins.hex"),
    **each("free -> bool", "builtins.isinstance builtins.issubclass builtins.callable builtins.hasattr"),
    **each("free -> list", "builtins.sorted builtins.dir"),
    **each("free", "builtins.iter builtins.next builtins.sum builtins.abs builtins.round builtins.vars"),
}
INSTEAD = {"builtins.open": "aiofiles.open", "builtins.input": "asyncio.to_thread"}
