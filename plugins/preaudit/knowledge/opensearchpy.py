"""OpenSearch: every API of the client and of its namespaces is a request."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "opensearch-py"

_SPACES = {
    "indices": "IndicesClient",
    "cluster": "ClusterClient",
    "cat": "CatClient",
    "ingest": "IngestClient",
    "snapshot": "SnapshotClient",
    "tasks": "TasksClient",
    "nodes": "NodesClient",
    "security": "SecurityClient",
}
CLASSES = {
    "opensearchpy.OpenSearch": {
        "default": "network",
        "methods": {"close": "free"},
        "attrs": {
            **{name: f"free -> opensearchpy.client.{kind}" for name, kind in _SPACES.items()},
            "transport": "free",
        },
    },
    "opensearchpy.AsyncOpenSearch": {
        "default": "async",
        "methods": {"close": "async"},
        "attrs": {
            **{name: f"free -> opensearchpy._async.client.{kind}" for name, kind in _SPACES.items()},
            "transport": "free",
        },
    },
    **{f"opensearchpy.client.{kind}": {"default": "network"} for kind in _SPACES.values()},
    **{f"opensearchpy._async.client.{kind}": {"default": "async"} for kind in _SPACES.values()},
}
CANONICAL = {"opensearchpy.client.OpenSearch": "opensearchpy.OpenSearch"}
FUNCTIONS = {
    **each("network", "opensearchpy.helpers.bulk opensearchpy.helpers.streaming_bulk opensearchpy.helpers.scan"),
    **each("network", "opensearchpy.helpers.parallel_bulk opensearchpy.helpers.reindex"),
    **each("async", "opensearchpy.helpers.async_bulk opensearchpy.helpers.async_reindex"),
    **each("free", "opensearchpy.helpers.async_streaming_bulk opensearchpy.helpers.async_scan"),
}
INSTEAD = {
    "opensearchpy.": "opensearchpy.AsyncOpenSearch",
    "opensearchpy.helpers.bulk": "opensearchpy.helpers.async_bulk",
    "opensearchpy.helpers.scan": "opensearchpy.helpers.async_scan",
    "opensearchpy.helpers.streaming_bulk": "opensearchpy.helpers.async_streaming_bulk",
    "opensearchpy.helpers.reindex": "opensearchpy.helpers.async_reindex",
}
