"""AsyncSSH: coroutines."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "asyncssh"

CLASSES = {
    "asyncssh.SSHClientConnection": {
        "methods": {
            **each("async", "run create_process open_connection wait_closed"),
            "start_sftp_client": "async -> asyncssh.SFTPClient",
            **each("free", "close abort"),
        },
    },
    "asyncssh.SFTPClient": {
        "methods": {**each("async", "get put listdir stat mkdir remove rename open exists"), "exit": "free"},
    },
}
FUNCTIONS = {"asyncssh.connect": "async -> asyncssh.SSHClientConnection", "asyncssh.scp": "async"}
