"""Every name that a rule or a collector of facts looks for, in places where its author did not expect it.

A check that takes the receiver of a call for granted, or its first argument, fails inside on code that somebody wrote.
The names are taken from the sources of the checks themselves, so a new rule is asked without a line here.
"""

import ast
import keyword
import re

from preaudit_hooks.engine import check_paths
from preaudit_hooks.registry import registry
from projects import HOME, write

NAME = re.compile(r"[A-Za-z_]\w*")
IMPORTS = (
    "import asyncio, boto3, celery, django, fastapi, flask, httpx, logging, os, redis, requests, rq, sqlalchemy, starlette\n"
    "from django.db import models\nfrom fastapi import *\napp = fastapi.FastAPI()\n"
)
SHAPES = """
@app.{w}('/f{n}')
async def f_{n}(a, b: {w} = {w}(), *args: '{w}', **kw) -> {w}:
    redis.Redis().{w}(1), requests.{w}('u', data={w}), models.{w}(), await sqlalchemy.{w}(b, a).{w}, asyncio.{w}(f_{n}())
    {w}('x')(y)
    x().{w}(*args, **kw)[0].{w}(a={w})
    {w}['a'].b, x.{w}, *z = {w} or {w}() if {w} else not {w}
    with {w}() as y, x.{w}(1) as (p, q): f'{{y}}'.{w}(None, True, -1, ..., b'x', 1j, {{**kw, 'b': {w}}})
    return (lambda: 0).{w}(a for {w} in {w}())
"""
PER_FILE = 150


def words():
    """Answer the names, and the other texts that a file must hold to be looked at."""
    names, texts = set(), set()
    for folder in ("plugins/preaudit/rules", "hooks/preaudit_hooks/facts", "hooks/preaudit_hooks/rules"):
        for path in sorted((HOME / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 30:
                    names.update(NAME.findall(node.value))
                    texts.add(node.value)
    return sorted(names - set(keyword.kwlist)), sorted(
        text for text in texts if text.isprintable() and text.isascii() and '"' not in text and "\\" not in text
    )


def test_no_check_fails_inside(tmp_path):
    names, texts = words()
    head = IMPORTS + 'WORDS_ = """' + " ".join(texts).replace("noqa", "").replace("preaudit:", "") + '"""\n'
    files = {"pyproject.toml": ""}
    for start in range(0, len(names), PER_FILE):
        body = "".join(SHAPES.format(w=name, n=number) for number, name in enumerate(names[start : start + PER_FILE]))
        files[f"shop/m{start}.py"] = head + body
    write(tmp_path, files)
    from preaudit.core.settings import load

    codes = {info.code for info in registry()}
    result = check_paths([tmp_path], root=str(tmp_path), settings=load(tmp_path), codes=codes, cache=False)
    assert len(names) > 1000 and result.files == len(files)
    assert [finding for finding in result.findings if finding.code == "AUD000"] == []
    assert {"AUD201", "AUD302", "AUD604"} <= {finding.code for finding in result.findings}  # they were looked at
