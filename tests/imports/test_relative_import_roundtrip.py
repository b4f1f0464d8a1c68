"""AUD101's fix imports the same module: asked of Python's own finder, for every relative import of real trees.

The finder looks for specs from the top package down and never imports anything. Beside the trees of the
fixtures, the applications of `make corpus` are read where they have been fetched.
"""

import ast
import importlib.machinery
import re
from pathlib import Path

import harness
import pytest
from preaudit.core.edits import apply_fixes
from preaudit.core.files import EXCLUDED
from preaudit.core.project import Project
from preaudit.core.registry import registry
from preaudit.core.runner import Broken, FileChecker
from preaudit.core.settings import Settings
from preaudit.core.source import SourceError

CORPUS = sorted(path for path in (harness.HOME / "corpus").glob("*-*") if (path / ".complete").is_file())
OWN = [path for path in sorted((harness.FIXTURES / "relative-import").iterdir()) if path.is_dir()]
RELATIVE = re.compile(rb"^\s*from\s*\.", re.M)


def files_of(root):
    return sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and not EXCLUDED.intersection(path.relative_to(root).parts)
    )


def spec_of(dotted, roots):
    """Answer the spec of a module below these import roots, None if there is none."""
    where, spec = [str(root) for root in roots], None
    name = ""
    for part in dotted.split("."):
        name = f"{name}.{part}" if name else part
        spec = importlib.machinery.PathFinder.find_spec(name if where is None else part, where)
        if spec is None:
            return None
        where = spec.submodule_search_locations
        where = None if where is None else list(where)
        if where is None:
            where = []
    return spec


def meant(path, node):
    """Answer the file or folder that a relative import means, by the file system alone."""
    folder = path.parent
    for _ in range(node.level - 1):
        folder = folder.parent
    return folder.joinpath(*(node.module or "").split(".")) if node.module else folder


def is_same(spec, target):
    if spec is None:
        return False
    if spec.submodule_search_locations is not None:
        return any(Path(place).resolve() == target.resolve() for place in spec.submodule_search_locations)
    return Path(spec.origin).name.partition(".")[0] == target.name and Path(spec.origin).parent == target.parent


def import_root(path, dotted):
    """Answer the folder that must be on the import path for a file to have this module name's first part."""
    top = dotted.partition(".")[0]
    for folder in path.parents:
        if folder.name == top and not (folder.parent / "__init__.py").exists():
            return folder.parent
    return None


def round_trip(root):
    """Answer (relative imports seen, those with a fix, what went wrong) for a tree."""
    paths = files_of(root)
    settings = Settings({"vendored": [], "generated": []})  # every file counts here
    project = Project(str(root), settings, paths=paths)
    checker = FileChecker(project, settings, [info for info in registry() if info.code == "AUD101"])
    seen = fixed = 0
    wrong = []
    for name in paths:
        path = root / name
        if not name.endswith(".py") or not RELATIVE.search(path.read_bytes()):
            continue
        try:
            text = project.read(name)
            findings = checker.check(name, text)[0]
        except (Broken, SourceError):
            continue
        nodes = {
            (node.lineno, node.col_offset + 1): node
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.ImportFrom) and node.level
        }
        seen += len(nodes)
        if {(finding.line, finding.column) for finding in findings} != set(nodes):
            wrong.append(f"{name}: findings and relative imports differ")
        for finding in findings:
            node = nodes[finding.line, finding.column]
            if finding.fix is None:
                continue
            fixed += 1
            after = ast.parse(apply_fixes(text, [finding.fix])[0])
            again = [
                other for other in ast.walk(after) if isinstance(other, ast.ImportFrom) and same_place(other, node)
            ]
            dotted = again[0].module
            top = import_root(path, dotted)
            if again[0].level or ast.dump(ast.Tuple(again[0].names)) != ast.dump(ast.Tuple(node.names)):
                wrong.append(f"{name}:{node.lineno}: the names changed")
            elif top is None or not lands(dotted, top, meant(path, node)):
                wrong.append(f"{name}:{node.lineno}: {dotted} is another module")
    return seen, fixed, wrong


def lands(dotted, top, target):
    """Answer whether the absolute name leads to the target; a target that does not exist must not be found either."""
    exists = target.is_dir() or target.with_name(f"{target.name}.py").exists()
    exists = exists or any(target.parent.glob(f"{target.name}.*"))
    return is_same(spec_of(dotted, [top]), target) if exists else spec_of(dotted, [top]) is None


def same_place(one, other):
    return (one.lineno, one.col_offset) == (other.lineno, other.col_offset)


@pytest.mark.parametrize("root", [*OWN, *CORPUS], ids=lambda path: path.name)
def test_the_absolute_import_is_the_same_module(root):
    seen, fixed, wrong = round_trip(root)
    assert not wrong, "\n" + "\n".join(wrong)
    if root in CORPUS:
        assert fixed == seen, "a relative import of an application has no fix"


def test_the_fixture_trees_have_relative_imports():
    assert sum(round_trip(root)[1] for root in OWN) >= 2


def test_the_finder_tells_modules_apart(tmp_path):
    for name in ("a/pkg/__init__.py", "a/pkg/mod.py", "b/pkg/__init__.py", "b/pkg/mod.py", "a/space/mod.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    a, b = tmp_path / "a", tmp_path / "b"
    assert is_same(spec_of("pkg.mod", [a]), a / "pkg" / "mod")
    assert not is_same(spec_of("pkg.mod", [b]), a / "pkg" / "mod")
    assert is_same(spec_of("space.mod", [a]), a / "space" / "mod")
    assert is_same(spec_of("space", [a]), a / "space")
    assert spec_of("pkg.none", [a]) is None
