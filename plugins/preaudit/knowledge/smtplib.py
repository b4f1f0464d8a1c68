"""smtplib: the constructor connects when it is given a host."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CLASSES = {
    "smtplib.SMTP": {
        "init": "network",
        "methods": {
            **each(
                "network",
                "connect login sendmail send_message starttls ehlo helo quit noop mail rcpt data docmd rset verify"
                " ehlo_or_helo_if_needed",
            ),
            **each("free", "close set_debuglevel has_extn"),
        },
        "attrs": each("free", "sock timeout esmtp_features"),
    },
    "smtplib.SMTP_SSL": {"bases": ("smtplib.SMTP",), "init": "network"},
    "smtplib.LMTP": {"bases": ("smtplib.SMTP",), "init": "network"},
}
INSTEAD = {"smtplib.": "aiosmtplib.SMTP"}
TIMEOUTS = {"smtplib.SMTP": ("timeout", 3, None), "smtplib.SMTP_SSL": ("timeout", 3, None)}
UNCHECKED = {
    f"smtplib.{name}(timeout)": "the default is a marker for the global default timeout, which is None"
    for name in ("SMTP", "SMTP_SSL")
}
