"""What a client sends is used without a check

## What it does
Reports three ways in which a request is trusted: `int()` or `float()` of a query parameter or form field that nothing
guards; a JSON body whose fields are taken by subscript with no schema, no look at whether they are there and nobody who
catches the `KeyError`; and a body handed on to a task of a queue as it came.

## Why it matters
Every client can send anything. A missing field is a 500 and an alarm in place of a 400 and an explanation, and the
next one writes `null` into a column that nothing else can write. A task fails later still, in another process, where nobody
can tell the client.

## Bad
```python
from flask import Flask, request

from tasks import resize

app = Flask(__name__)


@app.get("/orders")
def orders():
    page = int(request.args["page"])  # AUD504
    return {"page": page}


@app.post("/orders")
def place():
    data = request.get_json()
    return {"sku": data["sku"], "count": data["count"]}  # AUD504


@app.post("/resize")
def start():
    resize.delay(request.json)  # AUD504
    return {"status": "queued"}
```

## Good
```python
from flask import Flask, abort, request
from pydantic import BaseModel

from tasks import resize

app = Flask(__name__)


class Order(BaseModel):
    sku: str
    count: int


@app.get("/orders")
def orders():
    return {"page": request.args.get("page", 1, type=int)}


@app.post("/orders")
def place():
    order = Order.model_validate(request.get_json())
    return {"sku": order.sku, "count": order.count}


@app.post("/resize")
def start():
    data = request.get_json()
    if "image" not in data:
        abort(400, "image is missing")
    resize.delay(data["image"])
    return {"status": "queued"}
```

## Fixed
Describe the body as a model of pydantic or marshmallow and let it answer for what is wrong; take single numbers with
`request.args.get(name, type=int)`, or as typed parameters of the route.

## Options
None.

## Limits
Flask, Quart, Starlette, FastAPI and aiohttp; followed within the function that reads the request. Any look
counts as a check: at a field by `"key" in data` or a test of its value, at the body by a function that is handed all of it and
is named after what it checks, or by a loop over names; so do a `try` that catches what can happen, an error handler for
`KeyError` or `ValueError` anywhere in the project, a decorator named after a schema, and a signature that is verified. One report a
function, at the first field that nobody looked for. A missing key of Flask's `request.args` and
`request.form` is a 400 by itself and no finding; so is `data.get("key")`.

## Origin
Audits A (CRITICAL-3), D 5 and E 8: bodies written to the database and to queues as they came.
"""

import ast

from preaudit.core import dataflow, requests, validation
from preaudit.core.rule import Rule
from preaudit.core.tree import FUNCTIONS, function_of

RULE = Rule(
    code="AUD504",
    name="unvalidated-request",
    severity="high",
    scope="types",
    message="{what}; {instead}",
    since="0.1.0",
    audits=("A CRITICAL-3", "D 5", "E 8"),
    imports={"flask", "quart", "starlette", "fastapi", "aiohttp"},
    words=("request", "dict", "req."),
)
NUMBERS = {"builtins.int": "int", "builtins.float": "float", "decimal.Decimal": "Decimal", "uuid.UUID": "UUID"}
_SENDS = {"delay": 0, "send": 0, "apply_async": -1, "send_task": -1, "enqueue": 1, "enqueue_call": -1, "enqueue_job": 1,
          "s": 0, "si": 0, "kiq": 0, "defer": 0, "defer_async": 0}  # fmt: skip
_JSON = frozenset({"json", "get_json", "loads"})
_QUEUES = ("celery.", "rq.", "dramatiq.", "arq.", "huey.", "taskiq.", "procrastinate.", "kombu.")


@RULE.on(ast.Call)
def check_number(node, ctx):
    """Report `int(request.args["page"])` where nothing catches or rules out what is no number."""
    if len(node.args) != 1 or not isinstance(node.func, ast.Name) or ctx.qualname(node.func) not in NUMBERS:
        return
    given = _field(node.args[0], ctx)
    if given is None:
        return
    part, field = given
    if part.framework == "django" or validation.catches(ctx, node, ("ValueError",)):
        return
    if validation.is_tested(ctx, node, node.args[0]):
        return
    seen = ctx.once("numbers", set)
    if (function_of(node), field) in seen:
        return
    seen.add((function_of(node), field))
    kind = "query parameter" if part.kind == "query" else "form field"
    name = f"the {kind} '{field}'" if field.isascii() and field else f"a {kind}"
    maker = NUMBERS[ctx.qualname(node.func)]
    instead = (
        f"take it with .get(name, type={maker})" if part.framework in ("flask", "quart") else f"declare it as a parameter of "
        f"type {maker}, or catch ValueError and answer 400"
    )  # fmt: skip
    yield RULE.at(node, what=f"{maker}() of {name} is a 500 for any other text", instead=instead)


def _field(node, ctx):
    """Answer (Part, name of the field) of what is made a number, None if it is no field of a query or form."""
    for one in dataflow.sources(ctx, node):
        key = None
        if isinstance(one, ast.Subscript):
            base, key = one.value, one.slice
        elif isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr == "get" and one.args:
            base, key = one.func.value, one.args[0]
            if any(keyword.arg == "type" for keyword in one.keywords) or len(one.args) > 2:
                return None
        if key is None:
            continue
        for source in dataflow.sources(ctx, base):
            part = requests.part(ctx, source)
            if part is not None and part.kind in ("query", "form"):
                return part, key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
    return None


@RULE.on(ast.Module)
def check_bodies(module, ctx):
    """Report what becomes of JSON bodies: fields taken by subscript, or all of it handed to a task."""
    bodies: dict = {}
    for node in ctx.nodes(ast.Call, ast.Attribute):
        name = (
            node.attr if isinstance(node, ast.Attribute) else getattr(node.func, "attr", getattr(node.func, "id", ""))
        )
        if name not in _JSON:  # asking for types is slow
            continue
        part = requests.part(ctx, node)
        if part is not None and part.kind == "json" and part.framework != "django":
            function = function_of(node)
            if isinstance(function, FUNCTIONS):
                whole = _whole(node)
                bodies.setdefault(function, []).extend([whole, *dataflow.uses(ctx, whole)])
    for function in ctx.nodes(*FUNCTIONS):
        for argument in requests.body_parameters(ctx, function):
            bodies.setdefault(function, []).extend(dataflow.loads(ctx, argument.arg, argument, argument))
    for function, uses in bodies.items():
        yield from _judge(uses, function, ctx)


def _whole(node):
    """Answer the outermost expression that still is the body: `(await request.json()) or {}`."""
    while True:
        parent = node.parent_
        same = isinstance(parent, ast.Await) or isinstance(parent, ast.BoolOp) and isinstance(parent.op, ast.Or)
        if isinstance(parent, ast.Call) and node in parent.args:
            same = getattr(parent.func, "id", "") in ("dict", "cast")
        if not same:
            return node
        node = parent


def _judge(uses, function, ctx):
    """Give the finding on a body: the first field taken, or the task that is given all of it."""
    whole, keys = validation.looked_at(ctx, uses)
    if whole or validation.has_validator(ctx, function) or validation.is_signed(function):
        return
    fields, tasks = [], []
    for use in uses:
        taken = _taken(use)
        if taken is not None:
            if taken[1] not in keys and not validation.catches(
                ctx, taken[0], ("KeyError", "LookupError", "TypeError", "IndexError")
            ):
                fields.append(taken)
        elif _is_sent(use, ctx) and not keys:
            tasks.append(use)
    if fields:
        first, name = min(fields, key=lambda one: (one[0].lineno, one[0].col_offset))
        shown = f"'{name}'" if name.isascii() and "{" not in name else "a field"
        yield RULE.at(
            first,
            what=f"the body's {shown} is taken unseen, a 500 where it is missing",
            instead="describe the body as a model, or look whether it is there and answer 400",
        )
    elif tasks:
        yield RULE.at(
            tasks[0],
            what="the body of the request goes to a task as it came, which fails where nobody can tell the client",
            instead="check it here, and hand over the fields that the task needs",
        )


def _taken(use):
    """Answer (node, key) where a field is taken out of a body that must be there: `data["x"]`, `data.pop("x")`; else None."""
    parent = use.parent_
    if isinstance(parent, ast.Subscript) and parent.value is use and isinstance(parent.ctx, ast.Load):
        key = parent.slice
    elif isinstance(parent, ast.Attribute) and parent.attr == "pop" and isinstance(parent.parent_, ast.Call):
        parent = parent.parent_
        key = parent.args[0] if len(parent.args) == 1 and parent.func is use.parent_ else None
    else:
        return None
    return (parent, str(key.value)) if isinstance(key, ast.Constant) and isinstance(key.value, (str, int)) else None


def _is_sent(use, ctx) -> bool:
    """Answer whether a body is an argument of a task: `task.delay(data)`, `apply_async(args=[data])`, `enqueue(f, data)`."""
    node, parent = use, use.parent_
    nested = 0
    while isinstance(parent, (ast.List, ast.Tuple, ast.keyword, ast.Dict, ast.Starred)) and nested < 4:
        node, parent, nested = parent, parent.parent_, nested + 1
    if not isinstance(parent, ast.Call) or not isinstance(parent.func, ast.Attribute) or parent.func is node:
        return False
    name = parent.func.attr
    if name not in _SENDS:
        return False
    targets = ctx.targets(parent)
    if any(target.startswith(_QUEUES) for target in targets):
        return True
    # a task of a module that cannot be seen is known by the method that nothing else has
    return name in ("delay", "apply_async", "send_task") and not any(ctx.is_own(target) for target in targets)
