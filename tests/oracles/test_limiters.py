"""What AUD503 claims of limiters, asked of the real libraries: which ways of writing a limit limit anything."""

import pytest

REASON = "asks the real library: tests/knowledge/requirements.txt"
slowapi = pytest.importorskip("slowapi", reason=REASON)
flask_limiter = pytest.importorskip("flask_limiter", reason=REASON)
fastapi = pytest.importorskip("fastapi", reason=REASON)
flask = pytest.importorskip("flask", reason=REASON)

LIMITED, FREE = [200, 200, 429], [200, 200, 200]
LIMIT = "2/minute"
WRITTEN = {
    "below the route decorator": (lambda route, limit, view: route(limit(view)), LIMITED),
    "above the route decorator": (lambda route, limit, view: limit(route(view)), FREE),
    "result thrown away, behind the route": (lambda route, limit, view: (route(view), limit(view)), FREE),
    "result thrown away, before the route": (lambda route, limit, view: (limit(view), route(view)), FREE),
}


def fastapi_answers(write, middleware=None, **options):
    """Answer the statuses of three requests to a FastAPI app whose route is written this way."""
    from slowapi.errors import RateLimitExceeded
    from starlette.testclient import TestClient

    limiter = slowapi.Limiter(key_func=lambda: "one", **options)
    app = fastapi.FastAPI()
    app.state.limiter = limiter
    app.add_exception_handler(RateLimitExceeded, slowapi._rate_limit_exceeded_handler)
    if middleware:
        app.add_middleware(middleware)

    async def view(request: fastapi.Request):
        return "prices"

    write(app.get("/"), limiter.limit(LIMIT), view)
    client = TestClient(app)
    return [client.get("/").status_code for _ in range(3)]


def flask_answers(write, **options):
    """Answer the statuses of three requests to a Flask app whose route is written this way."""
    app = flask.Flask("shop")
    limiter = flask_limiter.Limiter(lambda: "one", app=app, **options)
    write(app.get("/"), limiter.limit(LIMIT), lambda: "prices")
    client = app.test_client()
    return [client.get("/").status_code for _ in range(3)]


def unlimited(route, limit, view):
    """Write a route without a limit of its own."""
    route(view)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("answers", [fastapi_answers, flask_answers])
@pytest.mark.parametrize("written", WRITTEN)
def test_where_a_limit_must_stand(answers, written):
    write, expected = WRITTEN[written]
    assert answers(write) == expected


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_limit_on_a_blueprint_takes_effect_though_its_result_is_thrown_away():
    app = flask.Flask("shop")
    limiter = flask_limiter.Limiter(lambda: "one", app=app)
    blueprint = flask.Blueprint("prices", "prices")
    blueprint.get("/")(lambda: "prices")
    limiter.limit(LIMIT)(blueprint)
    app.register_blueprint(blueprint)
    client = app.test_client()
    assert [client.get("/").status_code for _ in range(3)] == LIMITED


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", ["", "SlowAPIMiddleware", "SlowAPIASGIMiddleware"])
def test_default_limits_of_slowapi_need_its_middleware(name):
    from slowapi import middleware

    found = fastapi_answers(unlimited, getattr(middleware, name) if name else None, default_limits=[LIMIT])
    assert found == (LIMITED if name else FREE)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_default_limits_of_flask_limiter_need_nothing():
    assert flask_answers(unlimited, default_limits=[LIMIT]) == LIMITED


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_both_count_in_memory_where_no_storage_is_said():
    from limits.storage import MemoryStorage

    flask_one = flask_limiter.Limiter(lambda: "one", app=flask.Flask("shop"))
    slow_one = slowapi.Limiter(key_func=lambda: "one")
    assert isinstance(flask_one.storage, MemoryStorage)
    assert isinstance(slow_one._storage, MemoryStorage)


def test_memory_is_not_shared_between_limiters():
    """Answer for processes: two limiters of one process do not even share what they count in memory."""
    from limits import parse
    from limits.storage import MemoryStorage
    from limits.strategies import FixedWindowRateLimiter

    one, other = (FixedWindowRateLimiter(MemoryStorage()) for _ in range(2))
    item = parse(LIMIT)
    assert [one.hit(item, "key") for _ in range(3)] == [True, True, False]
    assert other.hit(item, "key")


def test_fastapi_limiter_and_django_ratelimit_are_dependency_and_decorator():
    depends = pytest.importorskip("fastapi_limiter.depends", reason=REASON)
    assert callable(depends.RateLimiter)
    decorators = pytest.importorskip("django_ratelimit.decorators", reason=REASON)
    assert callable(decorators.ratelimit)
