"""imaplib: every command is a round trip."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CLASSES = {
    "imaplib.IMAP4": {
        "init": "network",
        "methods": {
            **each(
                "network",
                "login logout select search fetch store copy append expunge list lsub status noop uid close create"
                " delete starttls authenticate capability check",
            ),
            "shutdown": "free",
        },
    },
    "imaplib.IMAP4_SSL": {"bases": ("imaplib.IMAP4",), "init": "network"},
}
INSTEAD = {"imaplib.": "asyncio.to_thread"}
TIMEOUTS = {"imaplib.IMAP4": ("timeout", 2, None), "imaplib.IMAP4_SSL": ("timeout", None, None)}
UNCHECKED = {"imaplib.IMAP4_SSL(timeout)": "keyword only from Python 3.12 on, the sixth argument before"}
