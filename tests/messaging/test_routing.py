"""Where messages go, by the table: the cases that the oracle test found worth keeping. Needs no Celery."""

import pytest
from preaudit_hooks.messaging.routing import Exchange, Queue, QueueMissing, Routes, Topology, topic, wildcard

MEDIA = Exchange("media", "topic")
THREE = [Queue(name, MEDIA) for name in ("a", "b", "c")]
KEYED = [Queue(name, MEDIA, f"media.{name}") for name in ("a", "b")]
PLAIN = [Queue("a"), Queue("b")]
FAN = [Queue("a", Exchange("all", "fanout")), Queue("b", Exchange("all", "fanout"))]
BOUND = [Queue("a", None, "", [(MEDIA, "media.#"), (Exchange("x", "direct"), "k")]), Queue("b", MEDIA, "media.b")]

CASES = [
    # queues, settings, route, options, where it goes, who receives it
    (None, {}, None, {}, ("", "celery"), {"celery"}),
    (None, {}, None, {"queue": "new"}, ("", "new"), {"new"}),
    (None, {}, None, {"routing_key": "k"}, ("", "celery"), {"celery"}),
    (None, {"default_queue": "main"}, None, {}, ("", "main"), {"main"}),
    (PLAIN, {}, None, {"queue": "a"}, ("", "a"), {"a"}),
    (PLAIN, {"default_exchange_type": "topic"}, None, {"queue": "a"}, ("celery", "celery"), {"a", "b"}),
    (PLAIN, {}, {"queue": "b"}, {}, ("", "b"), {"b"}),
    (PLAIN, {}, {"queue": "b"}, {"queue": "a"}, ("", "a"), {"a"}),
    (THREE, {}, None, {"queue": "a"}, ("media", "celery"), {"a", "b", "c"}),
    (KEYED, {}, None, {"queue": "a"}, ("media", "media.a"), {"a"}),
    (KEYED, {}, {"exchange": "media", "routing_key": "media.b"}, {}, ("media", "media.b"), {"b"}),
    (KEYED, {}, {"exchange": "media", "routing_key": "media.x"}, {}, ("media", "media.x"), set()),
    (KEYED, {}, {"exchange": "media"}, {}, ("", None), set()),
    (FAN, {}, None, {"queue": "a"}, ("all", "celery"), {"a", "b"}),
    (BOUND, {}, None, {"exchange": "media", "routing_key": "media.b"}, ("media", "media.b"), {"a", "b"}),
    (
        [Queue("a", None, "", [(Exchange("x", "direct"), "")]), Queue("main")],
        {"default_queue": "main", "default_exchange_type": "topic"},
        None,
        {"exchange": "x"},
        ("x", None),
        {"a"},
    ),
    (BOUND, {}, None, {"exchange": "x", "routing_key": "k"}, ("x", "k"), {"a"}),
]


@pytest.mark.parametrize(("queues", "settings", "route", "options", "to", "received"), CASES)
def test_deliveries(queues, settings, route, options, to, received):
    topology = Topology(queues, **settings)
    message = topology.destination(options, route)
    assert (message.exchange, message.key) == to
    assert topology.deliveries(message) == received


def test_a_missing_queue_that_may_not_be_created():
    with pytest.raises(QueueMissing):
        Topology(None, create_missing=False).destination({"queue": "new"})


def test_nothing_is_said_where_brokers_disagree():
    topology = Topology([Queue("a", MEDIA, "media.#")])
    message = topology.destination({"exchange": "media", "routing_key": "media"})
    assert topology.deliveries(message) is None
    assert topology.deliveries(message, lenient=True) == frozenset()
    assert topic("media.#", "media") is None and topic("media.#", "media.a") is True


def test_an_exchange_of_two_types_is_a_conflict():
    topology = Topology([Queue("a", MEDIA), Queue("b", Exchange("media", "direct"))])
    message = topology.destination({"queue": "a"})
    assert topology.conflicts(message) == ["media"]
    assert topology.deliveries(message) is None


@pytest.mark.parametrize(
    ("name", "options"),
    [("app.a", {"queue": "exact"}), ("app.b", {"queue": "glob"}), ("other.c", {"queue": "second"}), ("none", None)],
)
def test_exact_names_win_and_routers_are_asked_in_order(name, options):
    first = [("app.*", {"queue": "glob"}), ("app.a", {"queue": "exact"})]
    routes = Routes([first, [("other.*", {"queue": "second"}), ("app.*", {"queue": "never"})]])
    assert routes.lookup(name) == (options, True)


def test_a_function_among_the_routers_makes_the_answer_uncertain():
    assert Routes([None]).lookup("app.a") == (None, False)
    assert Routes([[("app.a", {"queue": "a"})], None]).lookup("app.a") == ({"queue": "a"}, True)


@pytest.mark.parametrize(("key", "answer"), [("a.#", True), ("*", True), ("a*", False), ("a.b", False), ("", False)])
def test_wildcard(key, answer):
    assert wildcard(key) is answer
