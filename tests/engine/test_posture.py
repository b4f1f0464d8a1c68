"""Posture codes speak about the project as a whole: always in a full check, in a partial one only where they point."""

import pytest
from preaudit.core.rule import Rule
from preaudit.core.settings import Settings
from preaudit_hooks.engine import check_paths
from preaudit_hooks.registry import registry

# the codes that the catalogue calls posture codes, whether they exist yet or not
POSTURE = frozenset(
    {"AUD015", "AUD501", "AUD503", *(f"AUD{number}" for number in range(509, 515)), "AUD703", "AUD909", "AUD910"}
)

FILES = {
    "pyproject.toml": "[project]\nname = 'shop'\n",
    "Procfile": "web: gunicorn shop.main:app\n",
    "shop/__init__.py": "",
    "shop/main.py": "from flask import Flask\nfrom shop.orders import route\n\n"
    "app = Flask(__name__)\napp.add_url_rule('/', view_func=route)\n",
    "shop/orders.py": "def route():\n    return 'x'\n",
    "shop/other.py": "from shop import missing\n",
    "shop/more.py": "",
}  # fmt: skip


def found(root, *paths, codes):
    targets = [str(root / path) for path in paths]
    result = check_paths(targets, root=str(root), settings=Settings(root=str(root)), codes=codes, jobs=1)
    assert not result.errors
    return {(one.code, one.path) for one in result.findings}


@pytest.fixture
def project(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_rules_that_say_so_are_those_of_the_catalogue():
    codes = {info.code for info in registry()}
    assert {info.code for info in registry() if info.posture} == POSTURE & codes


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["."], {("AUD510", "shop/main.py"), ("AUD909", "pyproject.toml"), ("AUD106", "shop/other.py")}),
        (["shop/orders.py"], set()),
        (["shop/main.py"], {("AUD510", "shop/main.py")}),
        (["pyproject.toml"], {("AUD909", "pyproject.toml")}),
        (["shop/main.py", "pyproject.toml"], {("AUD510", "shop/main.py"), ("AUD909", "pyproject.toml")}),
        (["shop/other.py"], {("AUD106", "shop/other.py")}),
    ],
)
def test_a_partial_check_has_them_where_they_point(project, paths, expected):
    assert found(project, *paths, codes={"AUD510", "AUD909", "AUD106"}) == expected


def test_a_related_place_is_no_place_they_point_at(project, monkeypatch):
    """Another project rule is told wherever a given file takes part; a posture rule only where it stands."""
    rule = Rule(code="AUD909", name="x", severity="low", message="m", since="0", scope="project", posture=True)

    @rule.on_project("imports")
    def check(project):
        yield rule.at((1, 1), path="shop/main.py", related=[("shop/orders.py", (1, 1), "here")])

    monkeypatch.setattr(type(registry().get("AUD909")), "load", lambda self: rule)
    assert found(project, "shop/orders.py", codes={"AUD909"}) == set()
    assert found(project, "shop/main.py", codes={"AUD909"}) == {("AUD909", "shop/main.py")}
