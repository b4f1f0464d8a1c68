"""Paramiko: connecting, commands and SFTP."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "paramiko"

CANONICAL = {
    "paramiko.client.SSHClient": "paramiko.SSHClient",
    "paramiko.sftp_client.SFTPClient": "paramiko.SFTPClient",
    "paramiko.transport.Transport": "paramiko.Transport",
    "paramiko.channel.Channel": "paramiko.Channel",
}
CLASSES = {
    "paramiko.SSHClient": {
        "methods": {
            "connect": "network",
            "exec_command": "network -> tuple",
            "open_sftp": "network -> paramiko.SFTPClient",
            "invoke_shell": "network -> paramiko.Channel",
            **each("file", "load_system_host_keys load_host_keys save_host_keys"),
            **each("free", "set_missing_host_key_policy close get_transport get_host_keys"),
        },
    },
    "paramiko.SFTPClient": {
        "default": "network",
        "methods": {
            "from_transport": "network -> self",
            "open": "network -> paramiko.SFTPFile",
            **each("free", "close get_channel getcwd"),
        },
    },
    "paramiko.SFTPFile": {
        "methods": {
            **each("network", "read write readline readlines seek stat prefetch flush"),
            "close": "free",
        },
    },
    "paramiko.ChannelFile": {
        "methods": {**each("network", "read readline readlines write"), "close": "free"},
        "iter_effect": "network",
    },
    "paramiko.Transport": {
        "init": "network",
        "methods": {
            **each("network", "connect auth_password auth_publickey start_client"),
            "open_session": "network -> paramiko.Channel",
            **each("free", "close is_active is_authenticated"),
        },
    },
    "paramiko.Channel": {
        "methods": {
            **each("network", "exec_command recv send sendall recv_exit_status invoke_shell recv_stderr"),
            **each("free", "close settimeout exit_status_ready recv_ready makefile shutdown"),
        },
    },
    "paramiko.AutoAddPolicy": {},
    "paramiko.RSAKey": {"methods": {"from_private_key_file": "file -> self", "generate": "cpu -> self"}},
}
INSTEAD = {"paramiko.": "asyncssh.connect"}
TIMEOUTS = {"paramiko.SSHClient.connect": ("timeout", 6, None), "paramiko.SSHClient.exec_command": ("timeout", 2, None)}
