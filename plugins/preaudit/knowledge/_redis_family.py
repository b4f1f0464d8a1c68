"""What redis-py and its fork valkey-py have in common: one client, written once for both packages."""

from __future__ import annotations

from preaudit.knowledge._each import each

# Answered by the client object itself, without a round trip.
_LOCAL = each(
    "free",
    "close get_connection_kwargs get_encoder get_retry set_retry set_response_callback load_external_module",
)
# redis-py's commands are plain functions that return what execute_command() returns.
AWAITABLE_REASON = "commands are shared with the sync client; they return the coroutine of execute_command()"

BUFFERED_REASON = "what is a coroutine function on the client is inherited; a pipeline buffers its commands"


def build(package: str, client: str) -> dict:
    """Answer the sections of the table of `package`, whose client class is `client`."""
    sync, aio = package, f"{package}.asyncio"
    strict = f"Strict{client}"
    cluster = f"{client}Cluster"
    classes = {
        f"{sync}.{client}": {
            "default": "redis",
            "methods": {
                **_LOCAL,
                "from_url": "free -> self",
                "from_pool": "free -> self",
                "pipeline": f"free -> {sync}.client.Pipeline",
                "pubsub": f"free -> {sync}.client.PubSub",
                "lock": f"free -> {sync}.lock.Lock",
                "register_script": f"free -> {sync}.commands.core.Script",
                "monitor": f"free -> {sync}.client.Monitor",
                "client": "free -> self",
                **each("free", "ft json ts bf cf cms topk tdigest"),
                **each("redis -> dict", "hgetall info"),
                **each("redis -> list", "lrange hmget mget hkeys hvals"),
            },
            "attrs": {"connection_pool": f"free -> {sync}.ConnectionPool", "connection": "free"},
        },
        f"{sync}.client.Pipeline": {
            # Commands are buffered until execute(); watch() and unwatch() are sent at once.
            "default": "free -> self",
            "methods": {
                **each("redis", "watch unwatch load_scripts immediate_execute_command parse_response"),
                "execute": "redis -> list",
                **each("free", "multi reset close"),
            },
            "attrs": {"command_stack": "free -> list"},
        },
        f"{sync}.client.PubSub": {
            "methods": {
                **each(
                    "redis",
                    "subscribe psubscribe ssubscribe unsubscribe punsubscribe sunsubscribe listen get_message"
                    " get_sharded_message ping execute_command parse_response check_health",
                ),
                **each("free", "close reset handle_message on_connect"),
                "run_in_thread": f"redis -> {sync}.client.PubSubWorkerThread",
            },
            "attrs": {"subscribed": "free -> bool"},
        },
        f"{sync}.client.Monitor": {
            "methods": {**each("redis", "next_command listen")},
        },
        f"{sync}.client.PubSubWorkerThread": {
            "bases": ("threading.Thread",),
            "methods": {"stop": "free"},
        },
        f"{sync}.commands.core.Script": {"methods": {}, "call": "redis"},
        f"{sync}.lock.Lock": {
            "methods": {**each("redis", "acquire release extend reacquire locked owned")},
            "attrs": {"name": "free", "timeout": "free"},
        },
        f"{sync}.ConnectionPool": {
            "methods": {
                "from_url": "free -> self",
                "get_connection": f"redis -> {sync}.Connection",
                "make_connection": f"free -> {sync}.Connection",
                **each("free", "release disconnect close reset get_encoder owns_connection set_retry"),
            },
            "attrs": {"connection_kwargs": "free -> dict", "max_connections": "free -> int"},
        },
        f"{sync}.BlockingConnectionPool": {"bases": (f"{sync}.ConnectionPool",)},
        f"{sync}.Connection": {
            "methods": {
                **each("redis", "connect send_command send_packed_command read_response check_health can_read"),
                "disconnect": "free",
            },
        },
        f"{sync}.SSLConnection": {"bases": (f"{sync}.Connection",)},
        f"{sync}.UnixDomainSocketConnection": {
            "methods": {**each("redis", "connect send_command read_response"), "disconnect": "free"},
        },
        f"{sync}.{cluster}": {
            # The constructor asks the start-up nodes for the slots.
            "init": "redis",
            "default": "redis",
            "methods": {
                **each(
                    "free",
                    "close get_connection_kwargs get_encoder set_retry set_response_callback load_external_module"
                    " get_nodes get_primaries get_replicas get_random_node get_default_node set_default_node"
                    " get_node keyslot determine_slot",
                ),
                "from_url": "redis -> self",
                "pipeline": f"free -> {sync}.cluster.ClusterPipeline",
                "pubsub": f"free -> {sync}.cluster.ClusterPubSub",
                "lock": f"free -> {sync}.lock.Lock",
                **each("free", "ft json ts bf cf cms topk tdigest"),
            },
        },
        f"{sync}.cluster.ClusterPipeline": {
            "default": "free -> self",
            "methods": {"execute": "redis -> list", "reset": "free"},
        },
        f"{sync}.cluster.ClusterPubSub": {"bases": (f"{sync}.client.PubSub",)},
        f"{sync}.Sentinel": {
            "methods": {
                "master_for": f"free -> {sync}.{client}",
                "slave_for": f"free -> {sync}.{client}",
                **each("redis", "discover_master discover_slaves execute_command"),
                **each("free", "check_master_state filter_slaves"),
            },
        },
        f"{sync}.SentinelConnectionPool": {"bases": (f"{sync}.ConnectionPool",)},
        f"{aio}.{client}": {
            "default": "async",
            "methods": {
                **each("free", "get_connection_kwargs get_encoder get_retry set_retry set_response_callback"),
                **each("free", "load_external_module scan_iter hscan_iter sscan_iter zscan_iter"),
                **each("free", "ft json ts bf cf cms topk tdigest"),
                "from_url": "free -> self",
                "from_pool": "free -> self",
                "pipeline": f"free -> {aio}.client.Pipeline",
                "pubsub": f"free -> {aio}.client.PubSub",
                "lock": f"free -> {aio}.lock.Lock",
                "register_script": f"free -> {sync}.commands.core.AsyncScript",
                "monitor": f"free -> {aio}.client.Monitor",
                "client": "free -> self",
                "initialize": "async -> self",
                **each("async", "close aclose execute_command parse_response transaction"),
                **each("async -> dict", "hgetall info"),
                **each("async -> list", "lrange hmget mget hkeys hvals"),
            },
            "attrs": {"connection_pool": f"free -> {aio}.ConnectionPool", "connection": "free"},
            "await": "self",
        },
        f"{aio}.client.Pipeline": {
            "default": "free -> self",
            "methods": {
                "execute": "async -> list",
                **each("async", "watch unwatch discard reset aclose load_scripts immediate_execute_command"),
                "multi": "free",
            },
            "attrs": {"command_stack": "free -> list"},
            "await": "self",
        },
        f"{aio}.client.PubSub": {
            "methods": {
                **each(
                    "async",
                    "subscribe psubscribe unsubscribe punsubscribe get_message ping execute_command parse_response"
                    " check_health close aclose reset connect run handle_message",
                ),
                "listen": "free",
            },
            "attrs": {"subscribed": "free -> bool"},
        },
        f"{aio}.client.Monitor": {"methods": {"next_command": "async", "connect": "async", "listen": "free"}},
        f"{sync}.commands.core.AsyncScript": {"methods": {}, "call": "async"},
        f"{aio}.lock.Lock": {
            "methods": {**each("async", "acquire release extend reacquire locked owned")},
            "attrs": {"name": "free", "timeout": "free"},
        },
        f"{aio}.ConnectionPool": {
            "methods": {
                "from_url": "free -> self",
                "get_connection": f"async -> {aio}.Connection",
                "make_connection": f"free -> {aio}.Connection",
                **each("async", "release disconnect aclose ensure_connection"),
                **each("free", "reset get_encoder set_retry can_get_connection"),
            },
            "attrs": {"connection_kwargs": "free -> dict", "max_connections": "free -> int"},
        },
        f"{aio}.BlockingConnectionPool": {"bases": (f"{aio}.ConnectionPool",)},
        f"{aio}.Connection": {
            "methods": {**each("async", "connect disconnect send_command send_packed_command read_response")},
        },
        f"{aio}.SSLConnection": {"bases": (f"{aio}.Connection",)},
        f"{aio}.{cluster}": {
            "default": "async",
            "methods": {
                **each(
                    "free",
                    "get_connection_kwargs get_encoder set_retry set_response_callback get_nodes get_primaries"
                    " get_replicas get_random_node get_default_node set_default_node get_node keyslot"
                    " scan_iter ft json ts bf cf cms topk tdigest",
                ),
                "from_url": "free -> self",
                "initialize": "async -> self",
                "pipeline": f"free -> {aio}.cluster.ClusterPipeline",
                "lock": f"free -> {aio}.lock.Lock",
                **each("async", "close aclose execute_command"),
            },
            "await": "self",
        },
        f"{aio}.cluster.ClusterPipeline": {
            "default": "free -> self",
            "methods": {"execute": "async -> list", "initialize": "async -> self"},
            "await": "self",
        },
        f"{aio}.Sentinel": {
            "methods": {
                "master_for": f"free -> {aio}.{client}",
                "slave_for": f"free -> {aio}.{client}",
                **each("async", "discover_master discover_slaves execute_command"),
            },
        },
        f"{aio}.SentinelConnectionPool": {"bases": (f"{aio}.ConnectionPool",)},
    }
    canonical = {
        f"{sync}.client.{client}": f"{sync}.{client}",
        f"{sync}.{strict}": f"{sync}.{client}",
        f"{sync}.client.{strict}": f"{sync}.{client}",
        f"{sync}.cluster.{cluster}": f"{sync}.{cluster}",
        f"{sync}.sentinel.Sentinel": f"{sync}.Sentinel",
        f"{sync}.sentinel.SentinelConnectionPool": f"{sync}.SentinelConnectionPool",
        f"{sync}.utils.from_url": f"{sync}.from_url",
        f"{aio}.client.{client}": f"{aio}.{client}",
        f"{aio}.{strict}": f"{aio}.{client}",
        f"{aio}.client.{strict}": f"{aio}.{client}",
        f"{aio}.cluster.{cluster}": f"{aio}.{cluster}",
        f"{aio}.sentinel.Sentinel": f"{aio}.Sentinel",
        f"{aio}.sentinel.SentinelConnectionPool": f"{aio}.SentinelConnectionPool",
        f"{aio}.utils.from_url": f"{aio}.from_url",
    }
    for name in ("ConnectionPool", "BlockingConnectionPool", "Connection", "SSLConnection"):
        canonical[f"{sync}.connection.{name}"] = f"{sync}.{name}"
        canonical[f"{aio}.connection.{name}"] = f"{aio}.{name}"
    canonical[f"{sync}.connection.UnixDomainSocketConnection"] = f"{sync}.UnixDomainSocketConnection"
    return {
        "CANONICAL": canonical,
        "CLASSES": classes,
        "FUNCTIONS": {
            f"{sync}.from_url": f"free -> {sync}.{client}",
            f"{aio}.from_url": f"free -> {aio}.{client}",
        },
        "INSTEAD": {
            f"{sync}.": f"{aio}.{client}",
            f"{sync}.{cluster}": f"{aio}.{cluster}",
            f"{sync}.Sentinel": f"{aio}.Sentinel",
            f"{sync}.ConnectionPool": f"{aio}.ConnectionPool",
            f"{sync}.lock.Lock": f"{aio}.lock.Lock",
        },
        "AWAITABLE": {
            f"{aio}.{client}.": AWAITABLE_REASON,
            f"{aio}.{cluster}.": AWAITABLE_REASON,
            f"{aio}.client.Pipeline.": BUFFERED_REASON,
            f"{aio}.cluster.ClusterPipeline.": BUFFERED_REASON,
        },
    }
