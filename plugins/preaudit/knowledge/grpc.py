"""gRPC: a channel connects on the first call; what a sync channel makes waits for the answer."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "grpcio"

_UNARY = "grpc.UnaryUnaryMultiCallable"
CLASSES = {
    "grpc.Channel": {
        "methods": {
            "unary_unary": f"free -> {_UNARY}",
            **each("free", "unary_stream stream_unary stream_stream subscribe unsubscribe close"),
        },
    },
    _UNARY: {"methods": {"with_call": "network", "future": "free"}, "call": "network"},
    "grpc.Server": {
        "methods": {"wait_for_termination": "wait", **each("free", "start stop add_insecure_port add_secure_port")},
    },
    "grpc.aio.Channel": {
        "methods": {
            **each("free", "unary_unary unary_stream stream_unary stream_stream"),
            **each("async", "close channel_ready"),
        },
    },
    "grpc.aio.Server": {
        "methods": {**each("async", "start stop wait_for_termination"), **each("free", "add_insecure_port")},
    },
}
FUNCTIONS = {
    **each("free -> grpc.Channel", "grpc.insecure_channel grpc.secure_channel grpc.intercept_channel"),
    "grpc.server": "free -> grpc.Server",
    **each("free -> grpc.aio.Channel", "grpc.aio.insecure_channel grpc.aio.secure_channel"),
    "grpc.aio.server": "free -> grpc.aio.Server",
    "grpc.ssl_channel_credentials": "free",
}
INSTEAD = {"grpc.": "grpc.aio.insecure_channel"}
TIMEOUTS = {f"{_UNARY}.with_call": ("timeout", 1, None)}
