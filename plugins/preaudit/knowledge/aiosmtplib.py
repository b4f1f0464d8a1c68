"""aiosmtplib: smtplib as coroutines, with a timeout of a minute."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "aiosmtplib"

CLASSES = {
    "aiosmtplib.SMTP": {
        "methods": {**each("async", "connect login sendmail send_message starttls quit ehlo noop"), "close": "free"},
    },
}
FUNCTIONS = {"aiosmtplib.send": "async"}
TIMEOUTS = {"aiosmtplib.SMTP": ("timeout", None, 60)}
