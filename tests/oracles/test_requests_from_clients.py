"""What AUD504, AUD505, AUD506, AUD516 and AUD517 claim of web frameworks and pydantic, asked of the real ones."""

import asyncio
import io
from datetime import date
from pathlib import Path

import pytest

REASON = "asks the real library: tests/knowledge/requirements.txt"
flask = pytest.importorskip("flask", reason=REASON)
quart = pytest.importorskip("quart", reason=REASON)
fastapi = pytest.importorskip("fastapi", reason=REASON)
aiohttp = pytest.importorskip("aiohttp", reason=REASON)
pydantic = pytest.importorskip("pydantic", reason=REASON)
sqlmodel = pytest.importorskip("sqlmodel", reason=REASON)
pytest.importorskip("httpx", reason=REASON)
pytest.importorskip("python_multipart", reason=REASON)

MEGABYTE = 1_000_000


# what is missing or no number (AUD504)


@pytest.fixture
def shop():
    app = flask.Flask("shop")
    request = flask.request
    app.add_url_rule("/key", "key", view_func=lambda: request.args["page"])
    app.add_url_rule("/form", "form", view_func=lambda: request.form["page"], methods=["POST"])
    app.add_url_rule("/int", "int", view_func=lambda: str(int(request.args["page"])))
    app.add_url_rule("/type", "type", view_func=lambda: str(request.args.get("page", 1, type=int)))
    app.add_url_rule("/json", "json", view_func=lambda: request.json["sku"], methods=["POST"])
    app.add_url_rule("/get", "get", view_func=lambda: request.json.get("sku", ""), methods=["POST"])
    return app.test_client()


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("get", "/key", None, 400),
        ("post", "/form", None, 400),
        ("get", "/int", None, 400),
        ("get", "/int?page=two", None, 500),
        ("get", "/type?page=two", None, 200),
        ("post", "/json", {}, 500),
        ("post", "/json", [], 500),
        ("post", "/get", {}, 200),
    ],
)
def test_what_flask_answers(shop, method, path, body, status):
    assert getattr(shop, method)(path, json=body).status_code == status


def test_flask_answers_400_where_there_is_no_json(shop):
    assert shop.post("/json", data="{", content_type="application/json").status_code == 400


@pytest.fixture
def service():
    from starlette.testclient import TestClient

    app = fastapi.FastAPI()

    async def key(request: fastapi.Request):
        return request.query_params["page"]

    async def number(request: fastapi.Request):
        return int(request.query_params.get("page", "1"))

    async def body(request: fastapi.Request):
        return (await request.json())["sku"]

    async def dictionary(data: dict):
        return data["sku"]

    async def declared(page: int = 1):
        return page

    app.get("/key")(key)
    app.get("/int")(number)
    app.post("/json")(body)
    app.post("/dict")(dictionary)
    app.get("/declared")(declared)
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("get", "/key", None, 500),
        ("get", "/int?page=two", None, 500),
        ("post", "/json", {}, 500),
        ("post", "/dict", {}, 500),
        ("post", "/dict", [], 422),
        ("get", "/declared?page=two", None, 422),
    ],
)
def test_what_fastapi_answers(service, method, path, body, status):
    answer = service.get(path) if method == "get" else service.post(path, json=body)
    assert answer.status_code == status


async def _aiohttp(handler, **sent):
    from aiohttp import web
    from aiohttp.test_utils import TestClient, TestServer

    app = web.Application()
    app.router.add_post("/", handler)
    async with TestClient(TestServer(app)) as client:
        return (await client.post("/", **sent)).status


def test_a_missing_field_is_a_500_of_aiohttp():
    from aiohttp import web

    async def body(request):
        return web.Response(text=(await request.json())["sku"])

    async def query(request):
        return web.Response(text=request.query["page"])

    assert asyncio.run(_aiohttp(body, json={})) == 500
    assert asyncio.run(_aiohttp(query)) == 500


# how large a request may be (AUD506)


def test_flask_takes_any_size_until_it_is_told():
    app = flask.Flask("shop")
    app.add_url_rule("/", view_func=lambda: str(len(flask.request.files["photo"].read())), methods=["POST"])
    send = lambda: app.test_client().post("/", data={"photo": (io.BytesIO(b"x" * 20 * MEGABYTE), "x.png")})  # noqa: E731
    assert send().text == str(20 * MEGABYTE)
    app.config["MAX_CONTENT_LENGTH"] = MEGABYTE
    assert send().status_code == 413


def test_starlette_takes_any_size_and_knows_it_before_the_read():
    from starlette.testclient import TestClient

    app = fastapi.FastAPI()

    @app.post("/")
    async def photo(file: fastapi.UploadFile):
        size = file.size
        return [size, len(await file.read())]

    answer = TestClient(app).post("/", files={"file": ("x.png", b"x" * 20 * MEGABYTE)})
    assert answer.json() == [20 * MEGABYTE, 20 * MEGABYTE]


def test_quart_limits_requests_by_default():
    from quart.datastructures import FileStorage

    app = quart.Quart("shop")
    assert app.config["MAX_CONTENT_LENGTH"] == 16 * 1024 * 1024

    @app.post("/")
    async def photo():
        await quart.request.files
        return "taken"

    async def send():
        photo = FileStorage(io.BytesIO(b"x" * 20 * MEGABYTE), filename="x.png")
        answer = await app.test_client().post("/", files={"photo": photo})
        return answer.status_code

    assert asyncio.run(send()) == 413


def test_aiohttp_limits_requests_by_default():
    from aiohttp import web

    async def photo(request):
        return web.Response(text=str(len(await request.read())))

    assert asyncio.run(_aiohttp(photo, data=b"x" * 2 * MEGABYTE)) == 413


# what a model takes (AUD505)


def test_a_plain_model_takes_any_amount():
    class Wanted(pydantic.BaseModel):
        start: date
        end: date
        limit: int
        ids: list[int]

    wanted = Wanted(start="2026-02-01", end="2020-01-01", limit=-(10**12), ids=[1] * 100_000)
    assert wanted.end < wanted.start and wanted.limit < 0 and len(wanted.ids) == 100_000


@pytest.mark.parametrize("given", [{"limit": 0}, {"limit": 501}, {"ids": [1] * 101}])
def test_bounds_are_kept(given):
    class Wanted(pydantic.BaseModel):
        limit: int = pydantic.Field(1, ge=1, le=500)
        ids: list[int] = pydantic.Field(default_factory=list, max_length=100)

    with pytest.raises(pydantic.ValidationError):
        Wanted(**given)


def test_a_table_of_sqlmodel_checks_nothing():
    class Line(sqlmodel.SQLModel, table=True):
        id: int | None = sqlmodel.Field(default=None, primary_key=True)
        quantity: int = sqlmodel.Field(ge=1)

    assert Line(quantity=-3).quantity == -3


def test_dependencies_of_a_model_class_are_taken_from_the_query():
    from starlette.testclient import TestClient

    class Page(pydantic.BaseModel):
        limit: int = pydantic.Field(20, le=100)

    app = fastapi.FastAPI()
    app.get("/")(_lists(Page))
    assert TestClient(app).get("/?limit=7").json() == 7


def _lists(model):
    def page(wanted=fastapi.Depends(model)):  # noqa: B008
        return wanted.limit

    return page


# what a text shows (AUD516)


def test_the_text_of_a_model_shows_its_password_and_hides_a_secret():
    class Credentials(pydantic.BaseModel):
        password: str
        secret: pydantic.SecretStr

    credentials = Credentials(password="open-sesame", secret="abracadabra")
    for text in (f"{credentials}", str(credentials.model_dump()), repr(credentials)):
        assert "open-sesame" in text and "abracadabra" not in text
    assert credentials.secret.get_secret_value() == "abracadabra"


# what a file name can be (AUD517)


@pytest.mark.parametrize("name", ["../../app/main.py", "/etc/passwd"])
def test_names_of_uploads_come_as_they_were_sent(name):
    from starlette.testclient import TestClient

    app = fastapi.FastAPI()

    @app.post("/")
    async def photo(file: fastapi.UploadFile):
        return file.filename

    assert TestClient(app).post("/", files={"file": (name, b"x")}).json() == name
    shop = flask.Flask("shop")
    shop.add_url_rule("/", view_func=lambda: flask.request.files["photo"].filename, methods=["POST"])
    assert shop.test_client().post("/", data={"photo": (io.BytesIO(b"x"), name)}).text == name
    assert Path("/srv/uploads", name).resolve() != Path("/srv/uploads") / Path(name).name
