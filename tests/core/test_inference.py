"""astroid as the last resort: what it is asked, what it sees, and that nothing of it is left behind."""

import ast
import sys

import pytest
from preaudit.core import tree
from preaudit.core.context import Context
from preaudit.core.inference import stub
from preaudit.core.project import Project
from preaudit.core.settings import Settings

# more than "returns its argument", which the type engine knows by itself
UTIL = "def same(x):\n    return [x][0]\n\n\ndef either(flag, a, b):\n    return a if flag else b\n"


def context(text, **files):
    texts = {"app/__init__.py": "", "app/util.py": UTIL, "app/main.py": text, **files}
    settings = Settings()
    project = Project("", settings, paths=sorted(texts), texts=texts)
    by_type = tree.walk(ast.parse(text))
    summary, exprs = project.summarise("app/main.py", by_type)
    project.put("app/main.py", summary)
    return Context("app/main.py", text, by_type[ast.Module][0], by_type, exprs, project, settings)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("same(redis.Redis())", {"redis.Redis"}),
        ("same(redis.StrictRedis())", {"redis.Redis"}),
        ("same(redis.from_url('x'))", {"redis.Redis"}),
        ("either(1, redis.Redis(), redis.Redis())", {"redis.Redis"}),
        ("either(flag, redis.Redis(), requests.Session())", set()),
        ("same(requests.Session())", {"requests.Session"}),
        ("same(nothing())", set()),
        ("same(unknown_library.Client())", set()),
    ],
)
def test_what_follows_from_the_arguments(expression, expected):
    ctx = context(f"import redis, requests, unknown_library\nfrom app.util import either, same\n\nx = {expression}\n")
    (value,) = [node.value for node in ctx.nodes(ast.Assign)]
    assert ctx.types(value) == frozenset()
    assert ctx.types(value, deep=True) == expected


def test_nothing_is_left_in_the_process():
    from astroid.manager import AstroidManager

    before = set(AstroidManager().astroid_cache) | {"builtins", ""}
    denied = AstroidManager.brain["module_denylist"]
    ctx = context("import redis\nfrom app.util import same\n\nx = same(redis.Redis())\n")
    ctx.types(ctx.nodes(ast.Assign)[0].value, deep=True)
    assert set(AstroidManager().astroid_cache) <= before
    assert AstroidManager.brain["module_denylist"] is denied
    assert "redis" not in sys.modules


def test_a_deep_expression_does_not_end_it():
    text = "from app.util import same\nx = same(" + "+".join(["a"] * 1500) + ")\n"
    assert context(text).types(context(text).nodes(ast.Assign)[0].value, deep=True) == frozenset()


def test_stubs_come_from_the_tables():
    assert "class Redis:" in stub("redis")
    assert "def from_url" in stub("redis")
    assert stub("no_such_library") is None
