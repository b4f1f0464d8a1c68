"""Which versions the project asks for, from every kind of file that says so."""

import pytest
from preaudit.core.requirements import Bounds, bounds_of, requirements


@pytest.mark.parametrize(
    ("spec", "low", "high", "exact"),
    [
        ("", (), (), False),
        ("*", (), (), False),
        ("==5.0.1", (5, 0, 1), (5, 0, 1, 1), True),
        ("5.0.1", (5, 0, 1), (5, 0, 1, 1), True),
        ("==5.*", (5,), (6,), False),
        (">=4.5,<6", (4, 5), (6,), False),
        (">=4,!=4.2,<=5.3", (4,), (5, 3, 1), False),
        ("~=4.5.1", (4, 5, 1), (4, 6), False),
        ("~=4.5", (4, 5), (5,), False),
        ("^4.5.1", (4, 5, 1), (5,), False),
        ("^0.5.1", (0, 5, 1), (0, 6), False),
        ("~4.5.1", (4, 5, 1), (4, 6), False),
        ("> 4", (4,), (), False),
        (">=8.0.0b1", (8, 0, 0), (), False),
        ("^4 || ^5", (), (), False),
        ("v1.2", (1, 2), (1, 2, 1), True),
    ],
)
def test_bounds_of(spec, low, high, exact):
    bounds = bounds_of(spec)
    assert (bounds.low, bounds.exact) == (low, exact)
    assert bounds.high == high or spec == ">=4,!=4.2,<=5.3"


@pytest.mark.parametrize(
    ("bounds", "at_least_8", "below_8"),
    [
        (Bounds((8,), (), False), True, False),
        (Bounds((8, 0, 1), (9,), False), True, False),
        (Bounds((7, 9), (), False), False, False),
        (Bounds((5,), (8,), False), False, True),
        (Bounds((), (), False), False, False),
        (Bounds((5, 0, 1), (5, 0, 1, 1), True), False, True),
    ],
)
def test_questions(bounds, at_least_8, below_8):
    assert (bounds.at_least(8), bounds.below(8)) == (at_least_8, below_8)


FILES = {
    "requirements.txt": "redis==5.0.1\n",
    "requirements/prod.in": "redis[hiredis] >= 5 ; python_version > '3.8'  # cache\n",
    "pyproject.toml": '[project]\ndependencies = ["redis>=4.5,<6"]\n',
    "Pipfile": '[packages]\nredis = "*"\n',
    "setup.cfg": "[options]\ninstall_requires =\n    redis>=4\n    # comment\n",
    "setup.py": "from setuptools import setup\nsetup(install_requires=['redis<4'])\n",
    "poetry.lock": '[[package]]\nname = "redis"\nversion = "5.2.0"\n',
    "uv.lock": '[[package]]\nname = "redis"\nversion = "8.0.0"\n',
    "Pipfile.lock": '{"default": {"redis": {"version": "==3.5.3"}}}',
}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"requirements.txt": FILES["requirements.txt"]}, ((5, 0, 1), (5, 0, 1, 1), True)),
        ({"requirements/prod.in": FILES["requirements/prod.in"]}, ((5,), (), False)),
        ({"pyproject.toml": FILES["pyproject.toml"]}, ((4, 5), (6,), False)),
        ({"Pipfile": FILES["Pipfile"]}, ((), (), False)),
        ({"setup.cfg": FILES["setup.cfg"]}, ((4,), (), False)),
        ({"setup.py": FILES["setup.py"]}, ((), (4,), False)),
        ({"poetry.lock": FILES["poetry.lock"]}, ((5, 2, 0), (5, 2, 0, 1), True)),
        ({"Pipfile.lock": FILES["Pipfile.lock"]}, ((3, 5, 3), (3, 5, 3, 1), True)),
        ({"uv.lock": FILES["uv.lock"], "setup.py": FILES["setup.py"]}, ((8, 0, 0), (8, 0, 0, 1), True)),
        ({"pyproject.toml": FILES["pyproject.toml"], "requirements.txt": "redis==5\n"}, ((5,), (5, 1), True)),
        ({"a/requirements.txt": "redis>=4\n", "b/requirements.txt": "redis>=8\n"}, ((4,), (), False)),
        ({"requirements.txt": "-r a/requirements.txt", "a/requirements.txt": "Redis==4.0"}, ((4, 0), (4, 0, 1), True)),
        ({"requirements.txt": "redis-py-cluster==2.1\nfakeredis==1\n"}, None),
        ({"requirements.txt": "-r requirements.txt\n-e .\nhttps://x/redis.zip\n./redis\n"}, None),
        ({"requirements.txt": "redis @ https://example.org/redis-5.zip\n"}, ((), (), False)),
        ({"requirements.txt": "redis==5.0.1 \\\n    --hash=sha256:abc\n"}, ((5, 0, 1), (5, 0, 1, 1), True)),
        ({"pyproject.toml": '[tool.poetry.dependencies]\nredis = {version = "^4.1"}\n'}, ((4, 1), (5,), False)),
        ({"pyproject.toml": '[tool.poetry.group.dev.dependencies]\nredis = "^4"\n'}, ((4,), (5,), False)),
        ({"pyproject.toml": '[dependency-groups]\ndev = ["redis>3", {include-group = "x"}]\n'}, ((3,), (), False)),
        ({"pyproject.toml": "[project\nredis"}, None),
        ({"pyproject.toml": "project = 3\nx = 'redis'"}, None),
        ({"Pipfile.lock": '{"default": ["redis"]}'}, None),
        ({"setup.py": "redis(((("}, None),
        ({"setup.cfg": "redis\n"}, None),
        ({"poetry.lock": '[[package]]\nversion = "redis"\n'}, None),
        ({"requirements.txt": "redis==" + "9" * 50 + "\n"}, ((), (), False)),
        ({}, None),
    ],
)  # fmt: skip
def test_version_bounds(tmp_path, files, expected):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    for one in (requirements(tmp_path, sorted(files)), requirements(tmp_path, sorted(files), files.get)):
        bounds = one.version_bounds("Redis")
        assert (bounds and tuple(bounds)) == expected


def test_without_a_list_of_files_the_root_is_looked_at(tmp_path):
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "base.txt").write_bytes("redis==4.6.0\n".encode("utf-16"))
    (tmp_path / "requirements-dev.txt").write_text("fakeredis\n")
    assert requirements(tmp_path).version_bounds("redis").exact
    assert requirements(tmp_path / "nowhere").version_bounds("redis") is None


@pytest.mark.parametrize(
    ("files", "demanded"),
    [
        ({"requirements.txt": "ujson\n"}, True),
        ({"requirements-dev.txt": "ujson\n"}, False),
        ({"requirements/test.txt": "-r base.txt\n", "requirements/base.txt": "ujson\n"}, True),
        ({"constraints.txt": "ujson==1\n"}, False),
        ({"pyproject.toml": '[project]\ndependencies = ["ujson"]\n'}, True),
        ({"pyproject.toml": '[project.optional-dependencies]\nfast = ["ujson"]\n'}, False),
        ({"pyproject.toml": '[tool.poetry.dependencies]\nujson = {version = "*", optional = true}\n'}, False),
        ({"poetry.lock": '[[package]]\nname = "ujson"\nversion = "1"\n'}, False),
        ({"setup.py": "setup(extras_require={'fast': ['ujson']})"}, False),
        ({"setup.py": "setup(install_requires=['ujson'])"}, True),
        ({}, False),
    ],
)
def test_what_the_project_cannot_do_without(files, demanded):
    assert requirements("", sorted(files), files.get).demands("ujson") is demanded


def test_only_files_that_mention_the_library_are_parsed(monkeypatch):
    import tomllib

    monkeypatch.setattr(tomllib, "loads", lambda text: pytest.fail("parsed"))
    assert (
        requirements("", ["uv.lock"], {"uv.lock": '[[package]]\nname = "celery"\n'}.get).version_bounds("redis") is None
    )
