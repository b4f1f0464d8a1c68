"""A message that no queue receives, or that more than one receives by accident

## What it does
Computes for each route, send and schedule entry the exchange, its type and the routing key as Celery picks
them, and the declared queues that match as kombu does. Reports

- a message that goes to an exchange where no declared queue is bound to its key;
- a queue that also receives what is sent to another one: on a topic exchange every queue bound to a matching
  key gets the message, and queues declared without a routing key all get the same default one;
- a wildcard (`#`, `*`) in a key on a direct exchange, where it is an ordinary character.

On a direct exchange a send that names only a queue goes straight to that queue, whatever the keys say: that is
right and silent. Fanout reaches all by design.

## Why it matters
A message that nothing receives is dropped by the broker without an error. A message that three queues receive
is a task that runs three times: three mails, three charges.

## Bad
```python
from celery import Celery
from kombu import Exchange, Queue

media = Exchange("media", type="topic")
app = Celery("app", broker="redis://redis")
app.conf.task_queues = (
    Queue("images", media),  # AUD211
    Queue("videos", media),  # AUD211
)
app.conf.task_routes = {
    "app.example.resize": {"queue": "images"},
    "app.example.encode": {"queue": "videos"},
}
```
```python
from celery import Celery
from kombu import Exchange, Queue

media = Exchange("media", type="direct")
app = Celery("app", broker="redis://redis")
app.conf.task_queues = [Queue("images", media, routing_key="image.#")]  # AUD211
app.conf.task_routes = {"app.example.resize": {"exchange": "media", "routing_key": "image.resize"}}  # AUD211
```

## Good
```python
from celery import Celery
from kombu import Exchange, Queue

media = Exchange("media", type="topic")
app = Celery("app", broker="redis://redis")
app.conf.task_queues = (
    Queue("images", media, routing_key="image.#"),
    Queue("videos", media, routing_key="video.#"),
)
app.conf.task_routes = {"app.example.resize": {"exchange": "media", "routing_key": "image.resize"}}
```

## Fixed
No automatic fix.

## Options
None.

## Limits
Silent where a queue, exchange or key is not certain, where routes are functions, and where kombu's virtual
transport (Redis, SQS) and AMQP brokers match a key differently. A send with an exchange and a key of its own
that several queues match is taken for intended. A computed delivery assumes that all queues of `task_queues`
exist at the broker. Checked against a real app on 3,000 drawn configurations:
tests/oracles/test_celery_routing.py.

## Origin
Audit B, finding 1: three queues without routing keys on one topic exchange each received every message.
"""

from __future__ import annotations

from preaudit.core.finding import Related, Severity
from preaudit.core.rule import Rule

from preaudit_hooks.messaging.flow import flow
from preaudit_hooks.messaging.routing import (
    ANONYMOUS,
    DIRECT,
    FANOUT,
    QueueMissing,
    bindings_of,
    exchange_types,
    wildcard,
)

RULE = Rule(
    code="AUD211",
    name="routing-key-mismatch",
    severity=Severity.CRITICAL,
    since="0.1.0",
    scope="project",
    audits=("B 1",),
    message="no declared queue receives this: exchange '{exchange}' ({type}) has no queue bound to the key '{key}'; "
    "{instead}",
    files=r"\.py$",
)
_NOWHERE = (
    "an exchange without a routing key sends this nowhere: on a direct route the exchange is dropped; name a queue, "
    "or both"
)
_TWICE = (
    "queue '{queue}' also receives what is sent to queue '{other}' (exchange '{exchange}', {type}, key '{key}'), so it runs "
    "twice; give each queue a routing_key of its own"
)
_WILDCARD = (
    "'{key}' is no wildcard on the {type} exchange '{exchange}'; declare the exchange with type='topic', or write the "
    "key out"
)


@RULE.on_project("messaging", "workers")
def check(project):
    """Compute every message's way."""
    found = flow(project)
    seen = set()
    for draft in (*_wildcards(found), *_ways(found)):
        key = (draft.path, draft.place[:2])
        if key not in seen:
            seen.add(key)
            yield draft


def _wildcards(found):
    for app in found.model.apps:
        queues, _ = found.model.queues[app]
        topology = found.model.topology(app)
        for queue in queues or ():
            if queue.source is None or queue.vague or (topology is None and queue.exchange is None):
                continue
            for exchange, key in bindings_of(topology.declared[queue.name] if topology is not None else queue):
                if exchange.type == DIRECT and wildcard(key):
                    yield RULE.at(queue.source[1], path=queue.source[0], message=_WILDCARD, key=key, type=exchange.type,
                                  exchange=exchange.name)  # fmt: skip


def _ways(found):
    extra: dict = {}
    for message, topology, sent, options, path, place in _messages(found):
        if topology.conflicts(message):
            continue
        if message.exchange == ANONYMOUS:
            if message.key is None:
                yield RULE.at(place, path=path, message=_NOWHERE)
            continue
        queues = topology.at_broker(message)
        received = topology.deliveries(message)
        if received is None:
            continue
        types = exchange_types(queues, message.exchange)
        if not received:
            yield from _lost(found, topology, message, types, options, sent, path, place)
        elif len(received) > 1 and FANOUT not in types and not options.get("exchange"):
            _note_extra(extra, message, topology, received, path, place)
    yield from _twice(found, extra)


def _messages(found):
    """Give (message, topology, send or None, options that were written, path, place) of each certain route, send and entry."""
    model = found.model
    for app in model.apps:
        entries, table = model.routes[app]
        topology = model.topology(app)
        for route in entries:
            if topology is None or not route.known or not route.options or table is None:
                continue
            own = topology.copy()
            try:
                yield own.destination({}, route.options), own, None, route.options, route.path, route.place
            except QueueMissing:
                continue
    for sent in (*model.sends, *model.schedule):
        way = found.message(sent)
        if way is not None:
            place = (
                next(iter(sent.places.values()), (sent.path, sent.place)) if sent.options else (sent.path, sent.place)
            )
            task = getattr(sent, "task", None)
            own = getattr(task, "options", None) or {}
            yield way[0], way[1], sent, {**own, **sent.options}, place[0], tuple(place[1])


def _lost(found, topology, message, types, options, sent, path, place):
    if sent is not None and not sent.options:
        return  # its route or the default is reported itself
    if not types:
        # an exchange that no queue of the project declares may belong to another system
        if sent is not None or any(_declares(found, app, message.exchange) for app in found.model.apps):
            return
        if not found.model.queues[found.model.apps[0]][0]:
            return
        instead = "declare a queue on it"
    else:
        keys = sorted({key for queue in topology.at_broker(message) for exchange, key in bindings_of(queue)
                       if exchange.name == message.exchange})  # fmt: skip
        instead = "queues are bound to " + ", ".join(f"'{key}'" for key in keys[:4])
    yield RULE.at(place, path=path, exchange=message.exchange, type=next(iter(types), message.type), key=message.key or "",
                  instead=instead)  # fmt: skip


def _declares(found, app, name) -> bool:
    queues, complete = found.model.queues[app]
    return not complete or any(exchange.name == name for queue in queues or () for exchange, _ in bindings_of(queue))


def _note_extra(extra, message, topology, received, path, place):
    meant = message.queue.name if message.queue is not None else None
    if meant not in received:
        return
    for name in sorted(received - {meant}):
        queue = topology.declared[name]
        extra.setdefault(name, (queue, meant, message, path, place))


def _twice(found, extra):
    for name, (queue, meant, message, path, place) in sorted(extra.items()):
        explicit = [key for exchange, key in bindings_of(queue) if exchange.name == message.exchange and wildcard(key)]
        if explicit and name not in found.consumers:
            continue  # a catch-all that no worker of this project reads is somebody's log
        where = queue.source or (path, place)
        yield RULE.at(where[1], path=where[0], message=_TWICE, queue=name, other=meant, exchange=message.exchange,
                      type=message.type, key=message.key or "",
                      related=[Related(path, place[0], place[1], f"this is sent to {meant}")])  # fmt: skip
