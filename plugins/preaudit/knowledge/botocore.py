"""botocore: every operation of a client is a request; its methods are made from the service descriptions."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "botocore"

CLASSES = {
    "botocore.client.BaseClient": {
        "default": "network",
        "methods": {
            "get_paginator": "free -> botocore.paginate.Paginator",
            "get_waiter": "free -> botocore.waiter.Waiter",
            **each("free", "can_paginate close generate_presigned_url generate_presigned_post"),
        },
        "attrs": {"meta": "free", "exceptions": "free", "waiter_names": "free"},
    },
    "botocore.paginate.Paginator": {"methods": {"paginate": "lazy -> botocore.paginate.PageIterator"}},
    "botocore.paginate.PageIterator": {
        "methods": {"search": "lazy", "build_full_result": "network -> dict", "result_key_iters": "lazy"},
        "iter": "dict",
        "iter_effect": "network",
    },
    "botocore.waiter.Waiter": {"methods": {"wait": "network"}},
    "botocore.session.Session": {
        "methods": {"create_client": "free -> botocore.client.BaseClient", "get_credentials": "free"},
    },
    "botocore.config.Config": {},
    "botocore.response.StreamingBody": {
        "methods": {
            "read": "network -> bytes",
            **each("network", "iter_lines iter_chunks readlines readinto"),
            "close": "free",
        },
        "iter_effect": "network",
    },
}
FUNCTIONS = {"botocore.session.get_session": "free -> botocore.session.Session"}
CANONICAL = {"botocore.client.Config": "botocore.config.Config"}
INSTEAD = {"botocore.": "aioboto3.Session"}
_MADE = "added to the clients at run time"
UNCHECKED = {
    "botocore.client.BaseClient.generate_presigned_url": _MADE,
    "botocore.client.BaseClient.generate_presigned_post": _MADE,
}
