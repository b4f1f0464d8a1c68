"""socket: everything that waits for the peer or for a name server."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CLASSES = {
    "socket.socket": {
        "methods": {
            **each("network", "connect connect_ex recvfrom recvfrom_into recv_into send sendall sendfile sendto"),
            "recv": "network -> bytes",
            "accept": "network -> tuple",
            **each("free", "bind listen close shutdown settimeout gettimeout setblocking setsockopt getsockopt"),
            **each("free", "fileno getpeername getsockname detach dup"),
            "makefile": "free -> io.IOBase",
        },
        "attrs": each("free", "family type proto"),
    },
}
FUNCTIONS = {
    "socket.create_connection": "network -> socket.socket",
    **each(
        "network",
        "socket.getaddrinfo socket.gethostbyname socket.gethostbyname_ex socket.gethostbyaddr socket.getnameinfo"
        " socket.getfqdn",
    ),
    "socket.create_server": "free -> socket.socket",
    "socket.socketpair": "free -> tuple",
    "socket.fromfd": "free -> socket.socket",
    **each("free", "socket.gethostname socket.inet_aton socket.inet_ntoa socket.setdefaulttimeout socket.htons"),
}
INSTEAD = {
    "socket.": "asyncio.open_connection",
    "socket.getaddrinfo": "asyncio.AbstractEventLoop.getaddrinfo",
    "socket.gethostbyname": "asyncio.AbstractEventLoop.getaddrinfo",
    "socket.gethostbyname_ex": "asyncio.AbstractEventLoop.getaddrinfo",
    "socket.gethostbyaddr": "asyncio.AbstractEventLoop.getnameinfo",
    "socket.getnameinfo": "asyncio.AbstractEventLoop.getnameinfo",
    "socket.getfqdn": "asyncio.AbstractEventLoop.getnameinfo",
}
TIMEOUTS = {"socket.create_connection": ("timeout", 1, None)}
UNCHECKED = {
    "socket.create_connection(timeout)": "the default is a marker for the global default timeout, which is None"
}
