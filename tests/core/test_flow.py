"""Control flow, by itself: how blocks end, what a try protects, what a loop is for."""

import ast
import textwrap

import pytest
from preaudit.core import flow
from preaudit.core.tree import walk


def parsed(text):
    """Answer (function, {name: the call `name()`}) of a function body."""
    module = ast.parse("def f():\n" + textwrap.indent(textwrap.dedent(text), "    "))
    by_type = walk(module)
    calls = {c.func.id: c for c in by_type.get(ast.Call, ()) if isinstance(c.func, ast.Name)}
    return module.body[0], calls


def never(call):
    return isinstance(call.func, ast.Name) and call.func.id == "die"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a()", {"next"}),
        ("return 1", {"return"}),
        ("raise E", {"raise"}),
        ("die()", {"raise"}),
        ("return die()", {"raise"}),
        ("x = die()", {"raise"}),
        ("await die()", {"raise"}),
        ("a()\nraise E\nb()", {"raise"}),
        ("if a():\n    raise E", {"raise", "next"}),
        ("if a():\n    raise E\nelse:\n    return", {"raise", "return"}),
        ("if True:\n    raise E", {"raise"}),
        ("while True:\n    a()", set()),
        ("while True:\n    break", {"next"}),
        ("while a():\n    raise E", {"raise", "next"}),
        ("for x in y:\n    return", {"return", "next"}),
        ("for x in y:\n    continue\nraise E", {"raise"}),
        ("for x in y:\n    break\nelse:\n    raise E", {"raise", "next"}),
        ("try:\n    a()\nexcept E:\n    raise", {"raise", "next"}),
        ("try:\n    raise E\nexcept Exception:\n    a()", {"next"}),
        ("try:\n    raise E\nexcept ValueError:\n    a()", {"raise", "next"}),
        ("try:\n    a()\nfinally:\n    return", {"return"}),
        ("try:\n    return\nfinally:\n    a()", {"return"}),
        ("try:\n    a()\nexcept E:\n    a()\nelse:\n    return", {"next", "return"}),
        ("with a():\n    raise E", {"raise"}),
        ("with suppress(E):\n    raise E", {"raise", "next"}),
        ("match a:\n    case 1:\n        raise E", {"raise", "next"}),
        ("match a:\n    case 1:\n        raise E\n    case _:\n        return", {"raise", "return"}),
        ("assert False", {"raise"}),
        ("assert a", {"next"}),
    ],
)
def test_ends(text, expected):
    function, _ = parsed(text)
    assert flow.ends(function.body, never) == expected


TRY = """
try:
    body()
    try:
        inner()
    finally:
        last()
except E:
    handler()
else:
    other()
finally:
    final()
outside()
"""


@pytest.mark.parametrize(
    ("name", "protected", "parts"),
    [
        ("body", 1, ["body"]),
        ("inner", 2, ["body", "body"]),
        ("last", 1, ["finally", "body"]),
        ("handler", 0, ["handler"]),
        ("other", 0, ["else"]),
        ("final", 0, ["finally"]),
        ("outside", 0, []),
    ],
)
def test_a_try_protects_its_body_only(name, protected, parts):
    _, calls = parsed(TRY)
    assert len(flow.protecting(calls[name])) == protected
    assert [guard.part for guard in flow.guards(calls[name])] == parts


@pytest.mark.parametrize(
    ("name", "count"),
    [("body", 1), ("inner", 2), ("last", 1), ("handler", 1), ("other", 1), ("final", 0), ("outside", 0)],
)
def test_a_finally_runs_after_everything_but_itself(name, count):
    _, calls = parsed(TRY)
    assert len(flow.finals(calls[name])) == count


def test_a_nested_function_is_not_protected():
    _, calls = parsed("try:\n    def g():\n        a()\nexcept E:\n    pass")
    assert flow.guards(calls["a"]) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("for x in y:\n    a()", "items"),
        ("async for x in y:\n    a()", "items"),
        ("for x in y:\n    a()\n    return", "retry"),
        ("for x in range(3):\n    try:\n        a()\n        break\n    except E:\n        b()", "retry"),
        ("for x in range(3):\n    try:\n        a()\n        return 1\n    except E:\n        b()", "retry"),
        ("for x in range(3):\n    try:\n        return a()\n    except E:\n        b()", "retry"),
        (
            "for x in range(3):\n    try:\n        a()\n    except E:\n        continue\n    else:\n        break",
            "retry",
        ),
        ("for x in range(3):\n    try:\n        a()\n    except E:\n        continue\n    break", "retry"),
        ("while True:\n    a()", "worker"),
        ("while not stop:\n    a()", "worker"),
        ("while self.running:\n    a()", "worker"),
        ("while n < 3:\n    a()", "condition"),
        ("for x in itertools.count():\n    a()", "worker"),
        ("for x in iter(get, None):\n    a()", "worker"),
        ("for x in range(0, n, 100):\n    a()", "batches"),
        ("for chunk in y:\n    a()", "batches"),
        ("for x in chunked(y, 100):\n    a()", "batches"),
        ("for i, x in enumerate(batched(y, 100)):\n    a()", "batches"),
        ("for i, x in enumerate(y):\n    if i % 100 == 0:\n        a()", "batches"),
        ("for x in y:\n    if len(rows) >= 100:\n        a()", "batches"),
        ("for x in y:\n    if count >= BATCH_SIZE:\n        a()", "batches"),
        ("for x in y:\n    if x.ready:\n        a()", "items"),
        ("for x in y:\n    if x.count > 0:\n        a()", "items"),
        ("for x in y:\n    if x:\n        a()\n        continue\n    b()", "items"),
    ],
)
def test_loop_kinds(text, expected):
    function, calls = parsed(text)
    assert flow.loop_kind(function.body[0], calls["a"]) == expected


def test_after_gives_what_still_runs():
    _, calls = parsed("try:\n    a()\n    b()\nexcept E:\n    c()\nelse:\n    d()\nfinally:\n    e()\ng()")
    names = [node.value.func.id for node in flow.after(calls["a"])]
    assert names == ["b", "d", "e", "g"]
    assert [node.value.func.id for node in flow.after(calls["c"])] == ["e", "g"]


@pytest.mark.parametrize(
    ("clause", "broad"),
    [
        ("except:", 1),
        ("except Exception:", 1),
        ("except (A, BaseException):", 1),
        ("except ValueError:", 0),
        ("except (A, B):", 0),
    ],
)
def test_broad_handlers(clause, broad):
    function, _ = parsed(f"try:\n    a()\n{clause}\n    b()")
    assert flow.is_broad(function.body[0].handlers[0]) == bool(broad)
