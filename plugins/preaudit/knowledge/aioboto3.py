"""aioboto3: sessions whose clients are entered with `async with`."""

from __future__ import annotations

DISTRIBUTION = "aioboto3"

CANONICAL = {"aioboto3.session.Session": "aioboto3.Session"}
CLASSES = {
    "aioboto3.Session": {
        "methods": {
            "client": "free -> asynccontextmanager[aiobotocore.client.AioBaseClient]",
            "resource": "free",
        },
    },
}
