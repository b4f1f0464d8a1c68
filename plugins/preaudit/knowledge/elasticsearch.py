"""Elasticsearch: every API of the client and of its namespaces is a request."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "elasticsearch"

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
    "elasticsearch.Elasticsearch": {
        "default": "network",
        "methods": {"options": "free -> self", "close": "free"},
        "attrs": {
            **{name: f"free -> elasticsearch.client.{kind}" for name, kind in _SPACES.items()},
            "transport": "free",
        },
    },
    "elasticsearch.AsyncElasticsearch": {
        "default": "async",
        "methods": {"options": "free -> self", "close": "async"},
        "attrs": {
            **{name: f"free -> elasticsearch._async.client.{kind}" for name, kind in _SPACES.items()},
            "transport": "free",
        },
    },
    **{f"elasticsearch.client.{kind}": {"default": "network"} for kind in _SPACES.values()},
    **{f"elasticsearch._async.client.{kind}": {"default": "async"} for kind in _SPACES.values()},
}
CANONICAL = {"elasticsearch.client.Elasticsearch": "elasticsearch.Elasticsearch"}
FUNCTIONS = {
    **each("network", "elasticsearch.helpers.bulk elasticsearch.helpers.streaming_bulk elasticsearch.helpers.scan"),
    **each("network", "elasticsearch.helpers.parallel_bulk elasticsearch.helpers.reindex"),
    **each("async", "elasticsearch.helpers.async_bulk elasticsearch.helpers.async_reindex"),
    **each("free", "elasticsearch.helpers.async_streaming_bulk elasticsearch.helpers.async_scan"),
}
INSTEAD = {
    "elasticsearch.": "elasticsearch.AsyncElasticsearch",
    "elasticsearch.helpers.bulk": "elasticsearch.helpers.async_bulk",
    "elasticsearch.helpers.scan": "elasticsearch.helpers.async_scan",
    "elasticsearch.helpers.streaming_bulk": "elasticsearch.helpers.async_streaming_bulk",
    "elasticsearch.helpers.reindex": "elasticsearch.helpers.async_reindex",
}
