"""Slack: every method of the web clients is a request, with a timeout of 30 seconds."""

from __future__ import annotations

DISTRIBUTION = "slack_sdk"

CANONICAL = {
    "slack_sdk.web.WebClient": "slack_sdk.WebClient",
    "slack_sdk.web.client.WebClient": "slack_sdk.WebClient",
    "slack_sdk.webhook.WebhookClient": "slack_sdk.WebhookClient",
    "slack_sdk.webhook.client.WebhookClient": "slack_sdk.WebhookClient",
}
_RESPONSE = {"attrs": {"data": "free", "status_code": "free -> int", "headers": "free"}}
CLASSES = {
    "slack_sdk.WebClient": {
        "default": "network -> slack_sdk.web.slack_response.SlackResponse",
        "methods": {"validate_slack_signature": "free"},
        "attrs": dict.fromkeys(("token", "timeout", "headers", "base_url", "proxy", "retry_handlers"), "free"),
    },
    "slack_sdk.web.async_client.AsyncWebClient": {
        "default": "async -> slack_sdk.web.async_slack_response.AsyncSlackResponse",
        "attrs": dict.fromkeys(("token", "timeout", "headers", "base_url", "proxy", "retry_handlers"), "free"),
    },
    "slack_sdk.WebhookClient": {"methods": {"send": "network", "send_dict": "network"}},
    "slack_sdk.webhook.async_client.AsyncWebhookClient": {"methods": {"send": "async", "send_dict": "async"}},
    "slack_sdk.web.slack_response.SlackResponse": {
        "methods": {"get": "free", "validate": "free"},
        **_RESPONSE,
        "iter_effect": "network",
    },
    "slack_sdk.web.async_slack_response.AsyncSlackResponse": {
        "methods": {"get": "free", "validate": "free"},
        **_RESPONSE,
    },
}
INSTEAD = {
    "slack_sdk.": "slack_sdk.web.async_client.AsyncWebClient",
    "slack_sdk.WebhookClient": "slack_sdk.webhook.async_client.AsyncWebhookClient",
}
TIMEOUTS = {
    "slack_sdk.WebClient": ("timeout", 2, 30),
    "slack_sdk.WebhookClient": ("timeout", 1, 30),
    "slack_sdk.web.async_client.AsyncWebClient": ("timeout", 2, 30),
}
