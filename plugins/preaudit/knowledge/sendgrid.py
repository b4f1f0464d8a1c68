"""SendGrid: send() is a request without a timeout."""

from __future__ import annotations

DISTRIBUTION = "sendgrid"

CANONICAL = {"sendgrid.sendgrid.SendGridAPIClient": "sendgrid.SendGridAPIClient"}
CLASSES = {
    "sendgrid.SendGridAPIClient": {"methods": {"send": "network"}, "attrs": {"client": "free"}},
    "sendgrid.helpers.mail.Mail": {},
}
INSTEAD = {"sendgrid.": "asyncio.to_thread"}
