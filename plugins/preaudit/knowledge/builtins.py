"""Built-in functions that touch a file or wait for the user."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

_SEQUENCE = each("free -> int", "index count")
CLASSES = {
    "builtins.list": {
        "methods": {
            **_SEQUENCE,
            "pop": "free -> elem",
            "copy": "free -> self",
            **each("free", "append extend insert remove sort reverse clear"),
        },
    },
    "builtins.tuple": {"methods": _SEQUENCE},
    "builtins.set": {
        "methods": {
            "pop": "free -> elem",
            **each("free -> self", "copy union difference intersection"),
            **each("free", "add discard remove update clear"),
        },
    },
    "builtins.dict": {
        "methods": {
            **each("free -> value", "get pop setdefault"),
            "values": "free -> iterator[value]",
            "keys": "free -> iterator[elem]",
            "items": "free -> iterator[tuple[elem, value]]",
            "copy": "free -> self",
            **each("free", "update clear popitem fromkeys"),
        },
    },
    "builtins.str": {
        "methods": {
            **each(
                "free -> str",
                "strip lstrip rstrip lower upper title capitalize replace format join removeprefix removesuffix zfill"
                " center ljust rjust casefold expandtabs swapcase translate format_map",
            ),
            **each("free -> list[str]", "split rsplit splitlines"),
            **each("free -> bool", "startswith endswith isdigit isalpha isalnum isnumeric isspace islower isupper"),
            **each("free -> int", "find rfind index rindex count"),
            "encode": "free -> bytes",
            "partition": "free -> tuple[str, str, str]",
            "rpartition": "free -> tuple[str, str, str]",
        },
    },
    "builtins.bytes": {
        "methods": {
            "decode": "free -> str",
            "hex": "free -> str",
            **each("free -> bytes", "strip replace join lower upper"),
            **each("free -> list[bytes]", "split splitlines"),
            **each("free -> bool", "startswith endswith"),
            "find": "free -> int",
        },
    },
}
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
