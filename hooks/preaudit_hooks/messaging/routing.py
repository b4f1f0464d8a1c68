"""Where a Celery message goes: exchange, type and routing key as Celery picks them, queues as the broker matches them.

Follows celery.app.routes, celery.app.amqp and kombu's virtual transport (Celery 5, kombu 5); the oracle
test draws configurations and compares with a real app. Nothing here knows of files.
"""

from __future__ import annotations

import fnmatch
import re

DIRECT, TOPIC, FANOUT, HEADERS = "direct", "topic", "fanout", "headers"
ANONYMOUS = ""


class Exchange:
    """An exchange by name and type; the type is `direct` where none was written."""

    __slots__ = ("name", "type")

    def __init__(self, name="", type=""):  # noqa: A002 - kombu's own word
        """Hold the name and type."""
        self.name, self.type = name or "", type or DIRECT

    def __repr__(self):
        """Answer name and type, for people who debug."""
        return f"Exchange({self.name!r}, {self.type!r})"

    def __eq__(self, other):
        """Exchanges are the same by name and type."""
        return isinstance(other, Exchange) and (self.name, self.type) == (other.name, other.type)

    def __hash__(self):
        """Hash by name."""
        return hash(self.name)


class Queue:
    """A declared queue: `exchange` None and `key` '' where they are left to the app's defaults.

    `bindings`: (Exchange, key) pairs that stand in for its own. `vague`: declared with something that is not known.
    """

    __slots__ = ("name", "exchange", "key", "bindings", "source", "vague")

    def __init__(self, name, exchange=None, key="", bindings=(), source=None):
        """Hold the declaration; `source` is whatever the caller wants to know it by."""
        self.name, self.exchange, self.key = name, exchange, key or ""
        self.bindings, self.source, self.vague = tuple(bindings), source, False

    def __repr__(self):
        """Answer the declaration, for people who debug."""
        return f"Queue({self.name!r}, {self.exchange!r}, {self.key!r})"


class Message:
    """Where one message is published: `exchange` name ('' is the anonymous one), `type`, `key`, and the queue named."""

    __slots__ = ("exchange", "type", "key", "queue")

    def __init__(self, exchange, type, key, queue):  # noqa: A002
        """Hold the destination."""
        self.exchange, self.type, self.key, self.queue = exchange, type, key, queue

    def __repr__(self):
        """Answer the destination, for people who debug."""
        return f"Message({self.exchange!r}, {self.type!r}, {self.key!r}, {self.queue!r})"


class QueueMissing(Exception):
    """A message names a queue that is not declared, and missing ones are not to be created: Celery raises QueueNotFound."""


class Topology:
    """The queues of one app, completed with its defaults."""

    def __init__(self, queues=None, *, default_queue="celery", default_exchange="", default_exchange_type="",
                 default_key="", create_missing=True, missing_exchange_type=""):  # fmt: skip
        """`queues`: the Queues of task_queues, None or empty where it is not set."""
        self.default_queue = default_queue
        self.default_exchange = Exchange(default_exchange or default_queue, default_exchange_type)
        self.default_key = default_key or default_queue
        self.create_missing, self.missing_exchange_type = create_missing, missing_exchange_type
        self.declared: dict = {}
        if not queues:
            queues = [Queue(default_queue, self.default_exchange, self.default_key)]
        for queue in queues:
            self.add(queue)
        self.consumed = tuple(self.declared)

    def add(self, queue: Queue) -> Queue:
        """Declare a queue, completed with the defaults, as celery.app.amqp.Queues does."""
        exchange = queue.exchange
        if exchange is None or exchange.name == "":
            exchange = self.default_exchange
        made = Queue(queue.name, exchange, queue.key or self.default_key, queue.bindings, queue.source)
        made.vague = queue.vague
        self.declared[queue.name] = made
        return made

    def copy(self) -> Topology:
        """Answer a topology of its own with the same queues: a send declares what is missing."""
        made = object.__new__(Topology)
        made.default_queue, made.default_exchange, made.default_key = (
            self.default_queue, self.default_exchange, self.default_key)  # fmt: skip
        made.create_missing, made.missing_exchange_type = self.create_missing, self.missing_exchange_type
        made.declared, made.consumed = dict(self.declared), self.consumed
        return made

    def queue(self, name: str) -> Queue:
        """Answer a declared queue; one that is missing is declared now, on a direct exchange of its own name."""
        found = self.declared.get(name)
        if found is None:
            if not self.create_missing:
                raise QueueMissing(name)
            found = self.add(Queue(name, Exchange(name, self.missing_exchange_type), name))
        return found

    def destination(self, options: dict, route=None) -> Message:
        """Answer where a message goes that is sent with these options, where `route` is what task_routes gave for it.

        Keys of both: queue (name or Queue), exchange (name or Exchange), routing_key, exchange_type; an
        option wins over the route unless it is None.
        """
        merged = self._expand(options)
        if route:
            merged = {**self._expand(route), **{key: value for key, value in merged.items() if value is not None}}
        elif "queue" not in merged:
            merged = {**self._expand({"queue": self.default_queue}),
                      **{key: value for key, value in merged.items() if value is not None}}  # fmt: skip
        return self._publish(merged)

    def _expand(self, options: dict) -> dict:
        options = dict(options)
        queue = options.pop("queue", None)
        if queue:
            options["queue"] = queue if isinstance(queue, Queue) else self.queue(queue)
        return options

    def _publish(self, options: dict) -> Message:
        queue, exchange, key = options.get("queue"), options.get("exchange"), options.get("routing_key")
        given_type = options.get("exchange_type")
        if queue is None and exchange is None:
            queue = self.queue(self.default_queue)
        if queue is not None and queue.exchange is None and not queue.bindings:
            # a Queue object given to a send is not completed with the app's defaults
            queue = Queue(queue.name, Exchange(), queue.key, queue.bindings, queue.source)
        name = queue.name if queue is not None else None
        kind = given_type or (queue.exchange.type if queue is not None and queue.exchange is not None else DIRECT)
        exchange_name = exchange.name if isinstance(exchange, Exchange) else exchange
        if (not exchange_name or not key) and kind == DIRECT:
            return Message(ANONYMOUS, DIRECT, name, queue)
        if exchange is None:
            exchange_name = queue.exchange.name or self.default_exchange.name
            key = key or queue.key or self.default_key
        return Message(exchange_name, kind, key, queue)

    def at_broker(self, message: Message) -> list:
        """Answer the queues that exist when a message arrives: those of task_queues, and the one it was sent with."""
        queues = [self.declared[name] for name in self.consumed]
        if message.queue is not None and message.queue.name not in self.consumed:
            queues.append(message.queue)
        return queues

    def conflicts(self, message: Message) -> list:
        """Answer the names of exchanges that are declared with two types: a broker refuses the second."""
        pairs = {
            (exchange.name, exchange.type) for queue in self.at_broker(message) for exchange, _ in bindings_of(queue)
        }
        names = [name for name, _ in pairs]
        return sorted({name for name in names if names.count(name) > 1})

    def deliveries(self, message: Message, declared=None, lenient: bool = False):
        """Answer the names of the queues that receive a message, None where brokers disagree or it cannot be said.

        `declared`: the queues that exist at the broker, all of this app's by default. `lenient`: answer
        as kombu's virtual transport does even where AMQP brokers do otherwise.
        """
        queues = self.at_broker(message) if declared is None else declared
        if message.exchange == ANONYMOUS:
            return frozenset([message.key] if message.key else [])
        kinds = exchange_types(queues, message.exchange)
        if HEADERS in kinds or len(kinds) > 1:
            return None
        kind = next(iter(kinds), message.type)
        found = set()
        for queue in queues:
            for exchange, key in bindings_of(queue):
                if exchange.name != message.exchange:
                    continue
                hit = (
                    True
                    if kind == FANOUT
                    else key == (message.key or "")
                    if kind == DIRECT
                    else topic(key, message.key or "")
                )
                if hit is None:
                    if not lenient:
                        return None
                    hit = kombu_topic(key, message.key or "")
                if hit:
                    found.add(queue.name)
        return frozenset(found)


def bindings_of(queue: Queue) -> list:
    """Answer the (Exchange, key) pairs by which a completed queue is bound.

    A queue with bindings of its own is bound by them alone: kombu forgets its exchange when it copies it
    to a channel, even though sends still use it.
    """
    if queue.bindings:
        return list(queue.bindings)
    return [(queue.exchange, queue.key)] if queue.exchange is not None and queue.exchange.name else []


def exchange_types(queues, name: str) -> set:
    """Answer the types under which these queues declare an exchange."""
    return {exchange.type for queue in queues for exchange, _ in bindings_of(queue) if exchange.name == name}


def kombu_topic(pattern: str, key: str) -> bool:
    """Answer whether a binding key matches a routing key on a topic exchange, as kombu's virtual transport does."""
    wildcards = {"*": r"[^\.]+", "#": r".*?"}
    words = [wildcards.get(word, re.escape(word)) for word in pattern.split(".")]
    # kombu leaves the wildcards unescaped inside a word too
    words = [word.replace(r"\*", "*").replace(r"\#", "#") for word in words]
    try:
        return re.match("^" + r"\.".join(words) + "$", key) is not None
    except re.error:
        return False


def amqp_topic(pattern: str, key: str) -> bool:
    """Answer whether a binding key matches a routing key as the AMQP standard says: `*` one word, `#` any number."""
    words, parts = pattern.split("."), key.split(".") if key else [""]
    reachable = {0}
    for word in words:
        following = set()
        for position in reachable:
            if word == "#":
                following.update(range(position, len(parts) + 1))
            elif position < len(parts) and word in ("*", parts[position]):
                following.add(position + 1)
        reachable = following
    return len(parts) in reachable


def topic(pattern: str, key: str):
    """Answer whether a binding key matches a routing key, None where kombu and the AMQP standard disagree."""
    one, other = kombu_topic(pattern, key), amqp_topic(pattern, key)
    return one if one is other else None


class Routes:
    """The task_routes setting: its routers in order, each a list of (name or glob, options), or None for a function."""

    def __init__(self, routers=()):
        """Hold the routers."""
        self.routers = list(routers)

    def lookup(self, name: str):
        """Answer (the entry's options or None, whether it is certain) for a task's name.

        Exact names of a router win over its globs, globs are tried in order, the first router that has
        an answer wins.
        """
        for router in self.routers:
            if router is None:
                return None, False
            exact = None
            for key, options in router:
                if key is None:
                    return None, False
                if "*" not in key and key == name:
                    exact = options
            if exact is not None:
                return exact, True
            for key, options in router:
                if "*" in key and glob(key, name):
                    return options, True
        return None, True


def glob(pattern: str, name: str) -> bool:
    """Answer whether a route's glob covers a task's name."""
    return re.match(fnmatch.translate(pattern), name) is not None


def wildcard(key: str) -> bool:
    """Answer whether a routing key holds a word that is a wildcard on a topic exchange."""
    return any(word in ("*", "#") for word in key.split("."))
