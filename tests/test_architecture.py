"""What may import what, and how large a module may grow."""

import ast
import re
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parent.parent
ROOTS = {"preaudit": HOME / "plugins", "preaudit_hooks": HOME / "hooks"}
LONGEST = 500
# Those that are longer still; to be emptied, never extended without a word here why.
LONGER: set = set()


def modules():
    """Answer {dotted name: path} of every module of the two packages."""
    found = {}
    for package, root in ROOTS.items():
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def imports(tree, at_import_only=False):
    """Yield (dotted name imported, line); relative ones with their dots."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if at_import_only and runs_later(node):
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield base, node.lineno
            yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)
        pending.extend(ast.iter_child_nodes(node))


def runs_later(node):
    """Answer whether the imports below a node do not run when the module is imported."""
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.dump(node.test)
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def top(name):
    return name.partition(".")[0]


def offenders(allowed):
    """Answer the places that import what `allowed(importing module, imported name)` refuses."""
    return [
        f"{name}:{line} imports {imported}"
        for name, tree in TREES.items()
        for imported, line in imports(tree)
        if not allowed(name, imported)
    ]


UNSAFE = ("pickle", "marshal", "shelve", "socket", "urllib.request", "http.client", "requests")


def only(package, *importers):
    """Answer the contract that only these modules import this package."""
    return lambda module, name: top(name) != package or module.startswith(importers)


CONTRACTS = {
    "imports are absolute": lambda module, name: not name.startswith("."),
    "preaudit never imports preaudit_hooks": only("preaudit_hooks", "preaudit_hooks"),
    "only core/inference.py imports astroid": only("astroid", "preaudit.core.inference"),
    "only flake8_plugin.py imports flake8": only("flake8", "preaudit.flake8_plugin"),
    "only the readers and init import ruamel": only(
        "ruamel", "preaudit_hooks.documents.", "preaudit_hooks.commands.setup_files"
    ),
    "no rule imports another rule": lambda module, name: not (".rules." in module and ".rules." in name),
    "the core imports no rule": lambda module, name: not (".core." in module and ".rules." in name),
    "nothing executes or fetches": lambda module, name: name not in UNSAFE,
}


@pytest.mark.parametrize("contract", CONTRACTS)
def test_contract(contract):
    assert not offenders(CONTRACTS[contract])


def test_the_contracts_can_fail():
    tree = ast.parse("from . import a\ndef f():\n    import astroid.nodes\n")
    assert (".", 1) in list(imports(tree))
    assert ("astroid.nodes", 3) in list(imports(tree))
    assert ("astroid.nodes", 3) not in list(imports(tree, at_import_only=True))


def test_no_import_circles():
    graph = {
        name: {found for imported, _ in imports(tree, at_import_only=True) for found in (imported,) if found in MODULES}
        for name, tree in TREES.items()
    }
    done, circles = set(), []

    def visit(name, path):
        if name in path:
            circles.append(" -> ".join([*path[path.index(name) :], name]))
        elif name not in done:
            for other in sorted(graph[name] - {name}):
                visit(other, [*path, name])
            done.add(name)

    for name in graph:
        visit(name, [])
    assert not circles


def test_no_module_is_too_long():
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()}
    generated = {name for name in lengths if name.endswith("rule_index")}
    tables = {name for name in lengths if name.startswith("preaudit.knowledge.")}
    long = {name for name, lines in lengths.items() if lines > LONGEST} - generated - tables
    assert long <= LONGER


def test_nothing_in_the_repository_speaks_of_its_workshop():
    words = re.compile(r"/work/|/root/|/tmp/[a-z]|pypi\.org/simple|\bAI agent\b", re.I)
    found = []
    for folder in ("plugins", "hooks", "tools", "docs", "benchmarks"):
        for path in sorted((HOME / folder).rglob("*")):
            if path.suffix in (".py", ".md", ".toml", ".yaml", ".txt") and "__pycache__" not in path.parts:
                for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                    if words.search(line):
                        found.append(f"{path.relative_to(HOME)}:{number}: {line.strip()}")
    assert not found
