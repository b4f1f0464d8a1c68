"""What AUD502 claims of CORS libraries, asked of the real ones: which origin an answer lets in."""

import pytest

flask = pytest.importorskip("flask", reason="asks the real library: tests/knowledge/requirements.txt")
flask_cors = pytest.importorskip("flask_cors", reason="asks the real library: tests/knowledge/requirements.txt")

ORIGIN = "https://elsewhere.example"


@pytest.mark.parametrize(
    ("options", "let_in"),
    [
        ({}, True),
        ({"supports_credentials": True}, True),
        ({"origins": "*"}, True),
        ({"resources": r"/*"}, True),
        ({"origins": None}, False),
        ({"origins": ["https://shop.example"]}, False),
    ],
)
def test_what_flask_cors_lets_in(options, let_in):
    app = flask.Flask("shop")
    app.add_url_rule("/", view_func=lambda: "prices")
    flask_cors.CORS(app, **options)
    answer = app.test_client().get("/", headers={"Origin": ORIGIN})
    assert (answer.headers.get("Access-Control-Allow-Origin") in (ORIGIN, "*")) is let_in


@pytest.mark.parametrize("by_decorator", [True, False])
def test_flask_cors_takes_what_the_call_does_not_say_from_the_configuration(by_decorator):
    app = flask.Flask("shop")
    app.config["CORS_ORIGINS"] = ["https://shop.example"]
    app.add_url_rule("/", view_func=flask_cors.cross_origin()(lambda: "prices") if by_decorator else lambda: "prices")
    if not by_decorator:
        flask_cors.CORS(app)
    for origin, let_in in ((ORIGIN, False), ("https://shop.example", True)):
        answer = app.test_client().get("/", headers={"Origin": origin})
        assert (answer.headers.get("Access-Control-Allow-Origin") == origin) is let_in


def test_starlette_names_the_origin_that_asks_with_cookies():
    cors = pytest.importorskip(
        "starlette.middleware.cors", reason="asks the real library: tests/knowledge/requirements.txt"
    )
    middleware = cors.CORSMiddleware(None, allow_origins=["*"], allow_credentials=True)
    headers = {}

    async def send(message):
        headers.update({key.decode(): value.decode() for key, value in message["headers"]})

    from starlette.datastructures import Headers

    start = middleware.send(
        {"type": "http.response.start", "headers": []}, send, Headers({"origin": ORIGIN, "cookie": "session=1"})
    )
    with pytest.raises(StopIteration):
        start.send(None)
    assert (headers["access-control-allow-origin"], headers["access-control-allow-credentials"]) == (ORIGIN, "true")
