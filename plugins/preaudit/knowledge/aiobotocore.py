"""aiobotocore: botocore's clients as coroutines."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "aiobotocore"

CLASSES = {
    "aiobotocore.client.AioBaseClient": {
        "default": "async",
        "methods": {"get_paginator": "free", "can_paginate": "free", "get_waiter": "free"},
        "attrs": each("free", "meta exceptions waiter_names"),
    },
    "aiobotocore.session.AioSession": {
        "methods": {"create_client": "free -> asynccontextmanager[aiobotocore.client.AioBaseClient]"},
    },
}
FUNCTIONS = {"aiobotocore.session.get_session": "free -> aiobotocore.session.AioSession"}
