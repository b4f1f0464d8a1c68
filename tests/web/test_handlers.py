"""What the facts tell of handlers: which body they read, who may ask, and the methods of classes."""

import pytest
from preaudit.core.project import Project
from preaudit.core.runner import FileChecker
from preaudit.core.settings import Settings
from preaudit_hooks.facts import of_python
from preaudit_hooks.web.guards import is_guard

FLASK = "from flask import Flask, request, session, jsonify\n\napp = Flask(__name__)\n\n\n@app.post('/orders')\n"
FASTAPI = "from fastapi import Body, Depends, FastAPI, Form, Request, UploadFile\n\napp = FastAPI()\n\n\n@app.post('/orders/{key}')\n"


def facts_of(text):
    """Answer the facts of a Python file app/main.py."""
    settings = Settings()
    project = Project("", settings, paths=["app/main.py"], texts={"app/main.py": text})
    return FileChecker(project, settings, [], facts=of_python).check("app/main.py", text)[1]


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        (FLASK + "def place():\n    return request.form['a']\n", "form"),
        (FLASK + "def place():\n    return request.get_json()\n", "json"),
        (FLASK + "def place():\n    return request.json['a']\n", "json"),
        (FLASK + "def place():\n    return request.get_json(force=True)\n", "raw"),
        (FLASK + "def place():\n    return request.data\n", "raw"),
        (FLASK + "def place():\n    return keep(request)\n", "unknown"),
        (FLASK + "def place():\n    if OrderForm().validate_on_submit():\n        return 'ok'\n", "token"),
        (FLASK + "def place():\n    return 'ok'\n", None),
        (FASTAPI + "async def place(key: int, order: Order):\n    return key\n", "json"),
        (FASTAPI + "async def place(key: Key):\n    return key\n", None),
        (FASTAPI + "async def place(order: dict = Body(...)):\n    return order\n", "json"),
        (FASTAPI + "async def place(name: str = Form(...)):\n    return name\n", "form"),
        (FASTAPI + "async def place(file: UploadFile):\n    return file\n", "form"),
        (FASTAPI + "async def place(r: Request):\n    return await r.json()\n", "raw"),
        (FASTAPI + "async def place(user=Depends(get_user)):\n    return user\n", None),
    ],
)
def test_which_body_a_handler_reads(text, reads):
    assert facts_of(text).get("handlers", {}).get("place", {}).get("reads") == reads


def test_what_a_handler_asks_and_writes():
    row = facts_of(
        FLASK
        + "def place():\n    if not session.get('user'):\n        return '', 401\n    db.commit()\n    return ''\n"
    )
    assert row["handlers"]["place"] == {"calls": ["commit", "get"], "guards": ["401", "session"], "writes": True}


CLASSES = {
    "Starlette endpoint": "from starlette.endpoints import HTTPEndpoint\nfrom starlette.routing import Route\n\n\n"
    "class Orders(HTTPEndpoint):\n    async def get(self, request):\n        return 1\n\n    async def post(self, request):\n"
    "        return 1\n\n\nroutes = [Route('/orders', Orders)]\n",
    "Flask view": "from flask import Flask\nfrom flask.views import MethodView\n\napp = Flask(__name__)\n\n\n"
    "class Orders(MethodView):\n    def get(self):\n        return 1\n\n    def post(self):\n        return 1\n\n\n"
    "app.add_url_rule('/orders', view_func=Orders.as_view('orders'))\n",
    "aiohttp view": "from aiohttp import web\n\nroutes = web.RouteTableDef()\n\n\n@routes.view('/orders')\n"
    "class Orders(web.View):\n    async def get(self):\n        return 1\n\n    async def post(self):\n        return 1\n",
    "flask_restful resource": "from flask_restful import Api, Resource\n\napi = Api()\n\n\n"
    "class Orders(Resource):\n    def get(self):\n        return 1\n\n    def post(self):\n        return 1\n\n\n"
    "api.add_resource(Orders, '/orders')\n",
}


@pytest.mark.parametrize("text", CLASSES.values(), ids=CLASSES)
def test_the_routes_of_a_class_are_those_of_its_methods(text):
    rows = facts_of(text)["web"]["routes"]
    assert [(row["m"], row["h"]) for row in rows] == [(["GET"], "Orders.get"), (["POST"], "Orders.post")]


def test_hooks_and_dependencies_are_kept():
    text = (
        "from app.deps import limit, login\n"
        "from fastapi import APIRouter, Depends, FastAPI\n\nrouter = APIRouter(dependencies=[Depends(login)])\napp = FastAPI()\n"
        "app.include_router(router, dependencies=[Depends(limit)])\n\n\n@app.middleware('http')\nasync def slow(request, call_next):\n"
        "    return await call_next(request)\n"
    )
    found = facts_of(text)["web"]
    assert [bool(row.get("deps")) for row in found["made"]] == [True, False]
    assert found["mounts"][0]["deps"][2][0][2] == [["ref", "app.deps.limit"]]
    assert [(name, expr) for _, name, expr in found["hooks"]] == [("middleware", ["ref", "app.main.slow"])]


@pytest.mark.parametrize(
    ("name", "guards"),
    [
        ("login_required", True),
        ("get_current_user", True),
        ("CurrentUser", True),
        ("require_admin", True),
        ("jwt_required", True),
        ("verify_token", True),
        ("get_db", False),
        ("SessionDep", False),
        ("get_auth_service", False),
        ("UserRepository", False),
        ("cache", False),
        ("author", False),
    ],
)
def test_names_of_guards(name, guards):
    assert is_guard(name) is guards
