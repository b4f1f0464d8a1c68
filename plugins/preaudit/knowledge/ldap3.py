"""ldap3: every operation of the default strategy waits for the server."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "ldap3"

CANONICAL = {"ldap3.core.connection.Connection": "ldap3.Connection", "ldap3.core.server.Server": "ldap3.Server"}
CLASSES = {
    "ldap3.Server": {"attrs": each("free", "host port ssl")},
    "ldap3.Connection": {
        # auto_bind=True connects in the constructor; the default only prepares.
        "methods": each("network", "bind rebind unbind search add modify delete modify_dn compare extended start_tls"),
        "attrs": each("free", "entries response result bound closed last_error"),
    },
}
INSTEAD = {"ldap3.": "asyncio.to_thread"}
TIMEOUTS = {"ldap3.Server": ("connect_timeout", 7, None), "ldap3.Connection": ("receive_timeout", 21, None)}
