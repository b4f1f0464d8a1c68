"""ftplib: the constructor connects when it is given a host, every command is a round trip."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CLASSES = {
    "ftplib.FTP": {
        "init": "network",
        "methods": {
            **each(
                "network",
                "connect login cwd pwd mkd rmd delete rename size nlst dir mlsd retrbinary retrlines storbinary"
                " storlines sendcmd voidcmd quit transfercmd",
            ),
            **each("free", "close set_pasv set_debuglevel"),
        },
    },
    "ftplib.FTP_TLS": {"bases": ("ftplib.FTP",), "init": "network", "methods": each("network", "prot_p prot_c auth")},
}
INSTEAD = {"ftplib.": "asyncio.to_thread"}
TIMEOUTS = {"ftplib.FTP": ("timeout", 4, None), "ftplib.FTP_TLS": ("timeout", None, None)}
UNCHECKED = {
    "ftplib.FTP(timeout)": "the default is a marker for the global default timeout, which is None",
    "ftplib.FTP_TLS(timeout)": "the same marker; keyword only from Python 3.12 on",
}
