"""ssl: wrapped sockets, and the certificate of a server."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CLASSES = {
    "ssl.SSLSocket": {
        "bases": ("socket.socket",),
        "methods": {**each("network", "do_handshake read write unwrap"), **each("free", "getpeercert cipher version")},
    },
    "ssl.SSLContext": {
        "methods": {
            "wrap_socket": "network -> ssl.SSLSocket",
            **each("file", "load_cert_chain load_verify_locations"),
            **each("free", "load_default_certs set_ciphers set_alpn_protocols"),
        },
        "attrs": each("free", "check_hostname verify_mode"),
    },
}
FUNCTIONS = {
    "ssl.create_default_context": "free -> ssl.SSLContext",
    "ssl.get_server_certificate": "network -> str",
}
INSTEAD = {"ssl.": "asyncio.open_connection"}
