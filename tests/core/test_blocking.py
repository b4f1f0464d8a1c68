"""What blocks the event loop: the chain that AUD308 tells, the hops it follows, and which code a place has."""

import pytest
from preaudit.core.runner import check_text

LOW = """\
import time


def low():
    time.sleep(1)


def one():
    low()


def two():
    one()


def three():
    two()
"""
FAMILY = {f"AUD30{n}" for n in range(1, 9)} | {"AUD312"}


def findings(text, files=None, path="app/main.py", codes=FAMILY):
    return check_text(text, path, codes=codes, files={"app/__init__.py": "", **(files or {})})


def test_the_chain_leads_to_what_blocks():
    text = "from app.low import two\n\n\nasync def main():\n    two()\n"
    (found,) = findings(text, {"app/low.py": LOW})
    assert (found.code, found.line, found.column) == ("AUD308", 5, 5)
    assert [(place.path, place.line, place.message) for place in found.related] == [
        ("app/low.py", 13, "app.low.two calls app.low.one"),
        ("app/low.py", 9, "app.low.one calls app.low.low"),
        ("app/low.py", 5, "app.low.low calls time.sleep"),
    ]
    assert "app.low.two" in found.message and "time.sleep" in found.message


@pytest.mark.parametrize(
    ("called", "codes"),
    [("low", ["AUD308"]), ("one", ["AUD308"]), ("two", ["AUD308"]), ("three", [])],
)
def test_three_functions_are_followed(called, codes):
    text = f"from app import low\n\n\nasync def main():\n    low.{called}()\n"
    assert [found.code for found in findings(text, {"app/low.py": LOW})] == codes


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ("subprocess.run([])", ["AUD301"]),
        ("redis.Redis().get('a')", ["AUD302"]),
        ("requests.get('https://x').json()", ["AUD303"]),
        ("sqlite3.connect('a')", ["AUD304"]),
        ("open('a').read()", ["AUD305"]),
        ("time.sleep(1)", ["AUD306"]),
        ("hashlib.pbkdf2_hmac('sha256', b'', b'', 1)", ["AUD307"]),
        ("os.listdir('.')", ["AUD312"]),
        ("helper()", ["AUD308"]),
        ("quiet()", []),
        ("unknown()", []),
    ],
)
def test_a_place_has_the_most_specific_code(body, codes):
    imports = "import hashlib, os, redis, requests, sqlite3, subprocess, time\n\n\n"
    helpers = "def helper():\n    time.sleep(1)\n\n\ndef quiet():\n    os.listdir('.')\n\n\n"
    text = f"{imports}{helpers}async def main():\n    {body}\n"
    assert [found.code for found in findings(text)] == codes


@pytest.mark.parametrize(
    "text",
    [
        "class A:\n    def a(self):\n        self.b()\n\n    def b(self):\n        self.a()\n\n"
        "    async def c(self):\n        self.a()\n",
        "def f(g):\n    return f(f)\n\n\nasync def main():\n    f(f)(f)\n",
        "async def main():\n    " + "a." * 900 + "b()\n",
        "async def main():\n    return " + "f(" * 150 + ")" * 150 + "\n",
        "class A(A):\n    @property\n    def x(self):\n        return self.x.x\n\n"
        "    async def c(self):\n        return self.x.x\n",
    ],
)
def test_hard_input_is_bounded_and_silent(text):
    assert findings(text, codes=FAMILY | {"AUD309", "AUD310", "AUD311"}) == []


START = """\
from contextlib import asynccontextmanager

from app.users import check, serve


@asynccontextmanager
async def lifespan(app):
    await check()
    yield
    await serve()
"""


@pytest.mark.parametrize(("name", "codes"), [("check", []), ("serve", ["AUD305"])])
def test_what_start_up_of_another_module_awaits_is_start_up(name, codes):
    text = f"async def {name}():\n    open('a')\n"
    assert [found.code for found in findings(text, {"app/main.py": START}, path="app/users.py")] == codes
