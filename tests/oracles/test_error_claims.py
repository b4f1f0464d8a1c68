"""What AUD401 to AUD406, AUD601 and AUD604 claim of Python and of the real libraries."""

import asyncio
import contextlib
import csv
import io
import json
import zipfile

import pytest

REASON = "asks the real library: tests/knowledge/requirements.txt"


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, asyncio.CancelledError, GeneratorExit])
def test_only_a_bare_except_catches_what_ends_a_program(error):
    caught = []
    with contextlib.suppress(BaseException):
        try:
            raise error
        except Exception:
            caught.append("broad")
    try:
        raise error
    except:  # noqa: E722
        caught.append("bare")
    assert caught == ["bare"]


def test_a_raise_without_from_has_no_cause():
    def failing(cause):
        try:
            int("x")
        except ValueError as error:
            if cause:
                raise RuntimeError("cannot load") from error
            raise RuntimeError("cannot load")  # noqa: B904

    with pytest.raises(RuntimeError) as without:
        failing(False)
    with pytest.raises(RuntimeError) as with_cause:
        failing(True)
    assert without.value.__cause__ is None and isinstance(with_cause.value.__cause__, ValueError)


def test_fastapi_turns_a_caught_404_into_the_500_that_is_raised_instead():
    fastapi = pytest.importorskip("fastapi", reason=REASON)
    pytest.importorskip("httpx", reason=REASON)
    testclient = pytest.importorskip("fastapi.testclient", reason=REASON)
    app = fastapi.FastAPI()

    @app.get("/orders")
    def read():
        try:
            raise fastapi.HTTPException(404, "no such order")
        except Exception as error:
            raise fastapi.HTTPException(500, "internal error") from error

    @app.get("/text")
    def text():
        try:
            open("/nowhere/secret.pem").close()
        except Exception as error:
            raise fastapi.HTTPException(500, str(error)) from error

    client = testclient.TestClient(app)
    assert client.get("/orders").status_code == 500
    assert "/nowhere/secret.pem" in client.get("/text").text


@pytest.mark.parametrize("passes_on", [True, False])
def test_flasks_handler_of_every_error_gets_http_errors_too(passes_on):
    flask = pytest.importorskip("flask", reason=REASON)
    from werkzeug.exceptions import HTTPException

    app = flask.Flask("shop")

    @app.errorhandler(Exception)
    def failed(error):
        if passes_on and isinstance(error, HTTPException):
            return error
        return {"error": "failed"}, 500

    assert app.test_client().get("/nowhere").status_code == (404 if passes_on else 500)


def test_django_does_not_answer_for_a_command_error():
    base = pytest.importorskip("django.core.management.base", reason=REASON)
    http = pytest.importorskip("django.http", reason=REASON)
    assert not issubclass(base.CommandError, http.Http404)


@pytest.mark.parametrize(
    "use",
    [
        json.load,
        lambda file: list(csv.reader(file)),
        lambda file: file.read(),
        list,
        lambda file: next(enumerate(file)),
    ],
)
def test_what_uses_a_file_leaves_it_open(tmp_path, use):
    path = tmp_path / "orders.json"
    path.write_text("[]", encoding="utf-8")
    with open(path, encoding="utf-8") as file:
        use(file)
        assert not file.closed


def test_an_archive_around_a_file_leaves_the_file_to_its_owner():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a", "b")
    assert not file.closed


class Sent(Exception):
    """Raised in place of sending."""


def test_requests_waits_without_a_limit_and_does_not_ask_the_socket_module(monkeypatch):
    requests = pytest.importorskip("requests", reason=REASON)
    urllib3 = pytest.importorskip("urllib3", reason=REASON)
    import socket

    given = []

    def urlopen(self, *args, timeout, **options):
        given.append((timeout.connect_timeout, timeout.read_timeout))
        raise Sent

    monkeypatch.setattr(urllib3.connectionpool.HTTPConnectionPool, "urlopen", urlopen)
    monkeypatch.setattr(socket, "getdefaulttimeout", lambda: 3)
    for timeout in ({}, {"timeout": None}, {"timeout": 5}):
        with pytest.raises(Sent):
            requests.Session().get("http://orders.example/", **timeout)
    assert given == [(None, None), (None, None), (5, 5)]


def test_these_have_a_limit_of_their_own():
    httpx = pytest.importorskip("httpx", reason=REASON)
    assert httpx.Client().timeout == httpx.Timeout(5)
    slack = pytest.importorskip("slack_sdk", reason=REASON)
    assert slack.WebClient().timeout == 30
