"""What AUD501 claims of cookies and CSRF protection, asked of the real libraries."""

import importlib

import pytest

REASON = "asks the real library: tests/knowledge/requirements.txt"
flask = pytest.importorskip("flask", reason=REASON)
fastapi = pytest.importorskip("fastapi", reason=REASON)
starlette = pytest.importorskip("starlette", reason=REASON)

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("name", ["fastapi.middleware.csrf", "starlette.middleware.csrf"])
def test_no_framework_ships_a_csrf_middleware(name):
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module(name)


@pytest.mark.parametrize("name", ["starlette_csrf", "fastapi_csrf_protect", "flask_wtf.csrf", "django.middleware.csrf"])
def test_the_middleware_that_exists(name):
    pytest.importorskip(name, reason=REASON)


def flask_cookies(**config):
    """Answer the cookies that a Flask app sets: its session, and one of its own."""
    app = flask.Flask("shop")
    app.config.update(SECRET_KEY="key", **config)

    @app.get("/")
    def login():
        flask.session["user_id"] = 1
        answer = flask.make_response("in")
        answer.set_cookie("token", "secret")
        return answer

    found = app.test_client().get("/").headers.getlist("Set-Cookie")
    return {cookie.partition("=")[0]: cookie.lower() for cookie in found}


def test_flask_sets_no_samesite_by_itself():
    found = flask_cookies()
    assert not any("samesite" in cookie for cookie in found.values())
    assert "samesite=strict" in flask_cookies(SESSION_COOKIE_SAMESITE="Strict")["session"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_starlette_sets_lax_by_itself():
    from starlette.applications import Starlette
    from starlette.middleware.sessions import SessionMiddleware
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route
    from starlette.testclient import TestClient

    async def login(request):
        request.session["user"] = 1
        answer = PlainTextResponse("in")
        answer.set_cookie("token", "secret")
        return answer

    app = Starlette(routes=[Route("/", login)])
    app.add_middleware(SessionMiddleware, secret_key="key")
    found = TestClient(app).get("/").headers.get_list("set-cookie")
    assert len(found) == 2
    assert all("samesite=lax" in cookie.lower() for cookie in found)


@pytest.mark.parametrize(("kind", "status"), [("application/json", 200), ("text/plain", 415), (FORM, 415)])
def test_flask_takes_json_only_under_its_own_type(kind, status):
    app = flask.Flask("shop")
    app.post("/")(lambda: str(flask.request.get_json()))
    assert app.test_client().post("/", data='{"a": 1}', content_type=kind).status_code == status


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("kind", "status"), [("application/json", 200), ("text/plain", 422), (FORM, 422)])
def test_fastapi_takes_a_model_only_as_json(kind, status):
    from pydantic import BaseModel
    from starlette.testclient import TestClient

    app = fastapi.FastAPI()

    class Order(BaseModel):
        a: int

    def place(order):
        return order.a

    place.__annotations__["order"] = Order
    app.post("/")(place)
    assert TestClient(app).post("/", content='{"a": 1}', headers={"content-type": kind}).status_code == status


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_starlette_reads_json_under_any_type():
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse
    from starlette.routing import Route
    from starlette.testclient import TestClient

    async def place(request):
        return JSONResponse(await request.json())

    app = Starlette(routes=[Route("/", place, methods=["POST"])])
    assert TestClient(app).post("/", content='{"a": 1}', headers={"content-type": "text/plain"}).status_code == 200


@pytest.mark.parametrize(("protected", "status"), [(False, 200), (True, 400)])
def test_csrf_protect_refuses_a_form_of_another_site(protected, status):
    csrf = pytest.importorskip("flask_wtf.csrf", reason=REASON)
    app = flask.Flask("shop")
    app.config["SECRET_KEY"] = "key"
    app.post("/")(lambda: "done")
    if protected:
        csrf.CSRFProtect(app)
    assert app.test_client().post("/", data={"a": 1}).status_code == status


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_starlette_csrf_refuses_a_request_without_its_token():
    middleware = pytest.importorskip("starlette_csrf", reason=REASON).CSRFMiddleware
    from starlette.testclient import TestClient

    app = fastapi.FastAPI()
    app.post("/")(lambda: "done")
    assert TestClient(app).post("/").status_code == 200
    app = fastapi.FastAPI()
    app.add_middleware(middleware, secret="key", sensitive_cookies={"session"})
    app.post("/")(lambda: "done")
    client = TestClient(app, cookies={"session": "one"})
    assert client.post("/").status_code == 403


def test_django_sets_lax_and_checks_in_its_middleware():
    settings = pytest.importorskip("django.conf.global_settings", reason=REASON)
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
    assert settings.MIDDLEWARE == []
