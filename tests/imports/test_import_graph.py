"""The import graph: which import makes which file run, circles and their cuts, and grimp's opinion on real trees."""

import ast
import sys

import harness
import pytest
from preaudit.core.files import EXCLUDED
from preaudit.core.names import Names
from preaudit.core.project import Project
from preaudit.core.source import SourceError
from preaudit.core.tree import walk
from preaudit_hooks.facts.imports import import_rows
from preaudit_hooks.import_graph import ImportGraph

CORPUS = sorted(path for path in (harness.HOME / "corpus").glob("*-*") if (path / ".complete").is_file())


def rows_of(project, path):
    by_type = walk(ast.parse(project.read(path)))
    return import_rows(by_type, Names(by_type, project.module_name(path), path.endswith("__init__.py")))


def graph_of(project, only=""):
    graph = ImportGraph(project.find, project.module_name)
    for path in sorted(project.python):
        if path.startswith(only):
            try:
                graph.add(path, rows_of(project, path))
            except (SourceError, SyntaxError):
                continue
    return graph


def in_memory(files):
    return Project("", paths=sorted(files), texts=files)


@pytest.mark.parametrize(
    ("text", "when", "guard", "needed"),
    [
        ("import a", "run", "", "import"),
        ("import a\na.x", "run", "", "import"),
        ("import a\ndef f():\n    a.x", "run", "", "call"),
        ("from a import b\ndef f():\n    b", "run", "", "call"),
        ("from a import b as c\ndef f():\n    b", "run", "", "import"),
        ("from a import b, c\ndef f():\n    b", "run", "", "import"),
        ("from a import b\ndef f(x=b):\n    pass", "run", "", "import"),
        ("from a import b\n@b\ndef f():\n    pass", "run", "", "import"),
        ("from a import b\nclass C(b):\n    pass", "run", "", "import"),
        ("from a import b\ndef f(x: b):\n    pass", "run", "", "import"),
        (
            "from __future__ import annotations\nfrom a import b\ndef f(x: b) -> b:\n    y: b = 1",
            "run",
            "",
            "annotation",
        ),
        ("from __future__ import annotations\nfrom a import b\ndef f(x: b):\n    b()", "run", "", "call"),
        ("from a import b\n__all__ = ['b']\ndef f():\n    b", "run", "", "import"),
        ("from a import b as b\ndef f():\n    b", "run", "", "import"),
        ("from a import *\ndef f():\n    b", "run", "", "import"),
        ("def f():\n    import a", "function", "", "import"),
        ("class C:\n    import a", "run", "", "import"),
        ("if TYPE_CHECKING:\n    import a", "type", "", "import"),
        ("import typing as t\nif t.TYPE_CHECKING:\n    import a", "type", "", "import"),
        ("if not TYPE_CHECKING:\n    import a", "run", "", "import"),
        ("if not TYPE_CHECKING:\n    pass\nelse:\n    import a", "type", "", "import"),
        ("if TYPE_CHECKING:\n    pass\nelse:\n    import a", "run", "", "import"),
        ("if TYPE_CHECKING and x:\n    import a", "type", "", "import"),
        ("if False:\n    import a", "type", "", "import"),
        ("def f():\n    if TYPE_CHECKING:\n        import a", "type", "", "import"),
        ("if __name__ == '__main__':\n    import a", "main", "", "import"),
        ("try:\n    import a\nexcept ImportError:\n    pass", "run", "ImportError", "import"),
        ("try:\n    import a\nexcept (KeyError, ModuleNotFoundError):\n    a = None", "run", "ImportError", "import"),
        ("try:\n    import a\nexcept Exception:\n    pass", "run", "Exception", "import"),
        ("try:\n    import a\nexcept:\n    pass", "run", "Exception", "import"),
        ("try:\n    import a\nexcept KeyError:\n    pass", "run", "", "import"),
        ("try:\n    import a\nexcept ImportError:\n    import z as a", "run", "fallback", "import"),
        ("try:\n    import q\nexcept ImportError:\n    import a", "run", "fallback", "import"),
        ("try:\n    pass\nfinally:\n    import a", "run", "", "import"),
        ("with suppress(ImportError):\n    import a", "run", "ImportError", "import"),
        ("import contextlib\nwith contextlib.suppress(Exception):\n    import a", "run", "Exception", "import"),
    ],
)
def test_when_an_import_runs_and_what_needs_it(text, when, guard, needed):
    by_type = walk(ast.parse(text))
    rows = [row for row in import_rows(by_type, Names(by_type, "pkg.mod")) if row[3] == "a"]
    assert [row[5:] for row in rows] == [[when, guard, needed]]


def edges(graph, path, implied=False):
    return sorted(edge.target for edge in graph.edges[path] if edge.implied is implied)


def test_what_an_import_makes_run():
    files = {
        "a/__init__.py": "from a.b import thing\n",
        "a/b/__init__.py": "thing = 1\n",
        "a/b/c.py": "import a\nfrom a import b\nfrom a.b import thing\nfrom . import d\nfrom .. import e\n",
        "a/b/d.py": "",
        "a/e.py": "import a.b.c\nimport os.path\nfrom a.missing import x\nfrom a.b import *\n",
        "main.py": "import a.b.d as d, a.e\nfrom space.mod import x\n",
        "space/mod.py": "import space.other\n",
        "space/other.py": "",
    }
    graph = graph_of(in_memory(files))
    assert edges(graph, "a/__init__.py") == ["a/b/__init__.py"]
    assert edges(graph, "a/b/c.py") == ["a/__init__.py", "a/b/__init__.py", "a/b/__init__.py", "a/b/d.py", "a/e.py"]
    assert edges(graph, "a/b/c.py", implied=True) == [], "a module's own packages are being imported already"
    assert edges(graph, "a/e.py") == ["a/b/__init__.py", "a/b/c.py"]
    assert edges(graph, "a/e.py", implied=True) == ["a/b/__init__.py"]
    assert edges(graph, "main.py") == ["a/b/d.py", "a/e.py", "space/mod.py"]
    assert edges(graph, "main.py", implied=True) == ["a/__init__.py", "a/__init__.py", "a/b/__init__.py"]
    assert edges(graph, "space/mod.py") == ["space/other.py"]
    assert graph.reachable({"main.py"}) == set(files)


def circle(*names, needed=True):
    """Answer files that import each other in a ring."""
    use = "x = {0}\n" if needed else "def f():\n    return {0}\n"
    following = zip(names, [*names[1:], names[0]])
    return {f"p/{one}.py": f"from p import {other}\n" + use.format(other) for one, other in following}


def cut(graph, cycle):
    """Take the statements out that import what the cut of a circle imports."""
    edges = graph.edges[cycle.cut.path]
    lines = {edge.line for edge in edges if edge.target == cycle.cut.target}
    graph.edges[cycle.cut.path] = [edge for edge in edges if edge.line not in lines]


def test_a_statement_in_two_circles_is_reported_once():
    """`from p.q.deep import x` runs p.q and p.q.deep: two ways back, one import to take out."""
    files = {
        "p/__init__.py": "",
        "p/a.py": "from p.q.deep import x\ny = x\n",
        "p/q/__init__.py": "from p import b\nz = b\n",
        "p/q/deep.py": "from p import b\nx = b\n",
        "p/b.py": "from p import a\n\ndef f():\n    return a\n" + "from p import c\nc = c\n",
        "p/c.py": "from p.q.deep import x\n\ndef f():\n    return x\n",
    }
    graph = graph_of(in_memory(files))
    found = graph.cycles()
    places = [(cycle.cut.path, cycle.cut.line) for cycle in found]
    assert len(places) == len(set(places)) == 2
    for cycle in found:
        cut(graph, cycle)
    assert graph.components() == []


def test_each_circle_is_found_once_and_cutting_leaves_none():
    files = {"p/__init__.py": "", **circle("a", "b", "c"), **circle("d", "e")}
    files["p/a.py"] += "from p import d\ny = d\n"
    graph = graph_of(in_memory(files))
    found = graph.cycles()
    assert [[edge.path for edge in cycle.edges] for cycle in found] == [
        ["p/a.py", "p/b.py", "p/c.py"],
        ["p/d.py", "p/e.py"],
    ]
    for cycle in found:
        assert cycle.cut == cycle.edges[0]
        cut(graph, cycle)
    assert graph.components() == []


def test_the_import_that_only_functions_need_is_cut_first():
    files = {"p/__init__.py": "", **circle("a", "b", "c"), "p/c.py": "from p import a\ndef f():\n    return a\n"}
    (cycle,) = graph_of(in_memory(files)).cycles()
    assert (cycle.cut.path, cycle.cut.target, cycle.cut.needed) == ("p/c.py", "p/a.py", "call")


def test_an_import_shared_by_many_circles_is_cut_once():
    names = [f"v{number}" for number in range(6)]
    files = {"p/__init__.py": "", "p/core.py": "".join(f"from p import {name}\nx = {name}\n" for name in names)}
    files |= {f"p/{name}.py": "from p import base\nx = base\n" for name in names}
    files["p/base.py"] = "from p import core\nx = core\n"
    (cycle,) = graph_of(in_memory(files)).cycles()
    assert (cycle.cut.path, cycle.cut.target) == ("p/base.py", "p/core.py")


def test_a_thousand_modules_in_one_knot_end():
    names = [f"m{number}" for number in range(1000)]
    files = {"p/__init__.py": ""} | circle(*names)
    for number in range(0, 1000, 7):
        files[f"p/m{number}.py"] += f"from p import m{(number * 31) % 1000}\n"
    graph = graph_of(in_memory(files))
    assert [len(members) for members in graph.components()] == [1000]
    for cycle in graph.cycles():
        cut(graph, cycle)
    assert graph.components() == []


PACKAGES = [
    (harness.HOME / "plugins", "preaudit"),
    (harness.HOME / "hooks", "preaudit_hooks"),
    *(
        (place, folder.name)
        for root in CORPUS
        for place in (root, root / "src")
        for folder in sorted(place.glob("*"))
        if (folder / "__init__.py").is_file() and folder.name not in ("tests", "examples", "scripts")
    ),
]


@pytest.mark.parametrize(("root", "package"), PACKAGES, ids=lambda value: getattr(value, "name", value))
def test_grimp_sees_the_same_imports(root, package, monkeypatch):
    """Compare the edges (all but those under TYPE_CHECKING). Each difference has one of the reasons below."""
    grimp = pytest.importorskip("grimp", reason="a test dependency that make test installs")
    paths = [
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and not EXCLUDED.intersection(path.relative_to(root).parts)
    ]
    project = Project(str(root), paths=paths)
    graph = graph_of(project, f"{package}/")
    ours = {
        (project.module_name(edge.path), project.module_name(edge.target))
        for found in graph.edges.values()
        for edge in found
        if edge.when != "type" and not edge.implied
    }
    monkeypatch.syspath_prepend(str(root))
    for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
        if package not in ("preaudit", "preaudit_hooks"):
            monkeypatch.delitem(sys.modules, name)
    theirs_graph = grimp.build_graph(package, exclude_type_checking_imports=True, cache_dir=None)
    theirs = {
        (one, other) for one in theirs_graph.modules for other in theirs_graph.find_modules_directly_imported_by(one)
    }

    # 1. A module that imports itself is no edge of ours.
    theirs = {(one, other) for one, other in theirs if one != other}
    # 2. grimp leaves out folders without __init__.py; Python imports them as namespace packages.
    # 3. Beside a package `x/`, grimp reads a stale `x.py`, which Python never does.
    stale = {name for path in paths if (name := path.removesuffix(".py")) != path and f"{name}/__init__.py" in paths}
    stale = {name.replace("/", ".") for name in stale}
    ours = {(one, other) for one, other in ours if {one, other} <= theirs_graph.modules and one not in stale}
    assert ours
    assert ours == {(one, other) for one, other in theirs if one not in stale}
