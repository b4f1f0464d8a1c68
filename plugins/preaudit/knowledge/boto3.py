"""boto3: a client is a botocore client; resources talk to AWS when an action is called."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "boto3"

CANONICAL = {"boto3.session.Session": "boto3.Session"}
_RESOURCE = "boto3.resources.base.ServiceResource"
# What the service descriptions call a sub-resource: an object, without a request.
_SUBRESOURCES = (
    "Bucket Object ObjectSummary MultipartUpload Table Queue Message Topic Subscription PlatformEndpoint Instance Image"
    " Volume Snapshot SecurityGroup Subnet Vpc KeyPair Role User Group Policy Alarm Metric Stack Job"
)
CLASSES = {
    "boto3.Session": {
        "methods": {
            "client": "free -> botocore.client.BaseClient",
            "resource": f"free -> {_RESOURCE}",
            **each("free", "get_available_services get_available_regions get_credentials get_available_resources"),
        },
        "attrs": each("free", "region_name profile_name available_profiles"),
    },
    _RESOURCE: {
        "default": "network",
        "methods": {**each("free -> self", _SUBRESOURCES)},
        "attrs": {
            "meta": "free -> boto3.resources.base.ResourceMeta",
            **each("lazy -> boto3.resources.collection.ResourceCollection", "objects buckets tables queues instances"),
        },
    },
    "boto3.resources.base.ResourceMeta": {"attrs": {"client": "free -> botocore.client.BaseClient"}},
    "boto3.resources.collection.ResourceCollection": {
        "methods": each("lazy -> self", "all filter limit page_size") | {"delete": "network", "pages": "network"},
        "iter": _RESOURCE,
        "iter_effect": "network",
    },
    "boto3.s3.transfer.TransferConfig": {},
}
FUNCTIONS = {
    "boto3.client": "free -> botocore.client.BaseClient",
    "boto3.resource": f"free -> {_RESOURCE}",
    "boto3.setup_default_session": "free",
}
INSTEAD = {"boto3.": "aioboto3.Session"}
_MADE = "made at run time from the description of the service"
UNCHECKED = {
    **{f"{_RESOURCE}.{name}": _MADE for name in _SUBRESOURCES.split()},
    **{f"{_RESOURCE}.{name}": _MADE for name in ("objects", "buckets", "tables", "queues", "instances")},
    "boto3.resources.collection.ResourceCollection.delete": _MADE,
}
