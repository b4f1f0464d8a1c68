"""The comparison of AUD106 with Python itself: what the child process answers, and what counts as a difference."""

import importlib.util
import sys
from collections import Counter
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
FILES = {
    "shop/__init__.py": "",
    "shop/mail.py": "def send():\n    pass\n",
    "shop/broken.py": "import no_such_library\n",
    "shop/inner.py": "import shop.gone\n",
    "shop/leaves.py": "raise SystemExit(3)\n",
    "shop/dies.py": "import os\nos._exit(1)\n",
    "shop/main.py": "from shop.mail import send, sent\nfrom shop import mail, nothing\nimport shop.gone\nfrom shop.broken import x\n",
}
EXPECTED = {
    ("shop.mail", "send"): "there",
    ("shop.mail", "sent"): "name missing",
    ("shop", "mail"): "there",
    ("shop", "nothing"): "name missing",
    ("shop", "broken"): "fails: ModuleNotFoundError: No module named 'no_such_library'",
    ("shop.gone", ""): "module missing",
    ("shop.gone.deeper", "x"): "module missing",
    ("shop.broken", "x"): "fails: ModuleNotFoundError: No module named 'no_such_library'",
    ("shop.inner", ""): "fails: ModuleNotFoundError: No module named 'shop.gone'",
    ("shop.leaves", ""): "fails: SystemExit: 3",
    ("shop.dies", ""): "fails: no answer",
    ("shop.zlast", ""): "module missing",
}


@pytest.fixture(scope="module")
def bench():
    sys.path.insert(0, str(BENCHMARKS))
    spec = importlib.util.spec_from_file_location("real_imports", BENCHMARKS / "real_imports.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(BENCHMARKS))


@pytest.fixture
def tree(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def row(bench, module, name, said="resolved"):
    return bench.Judged("shop/main.py", 1, module, name, said, "")


@pytest.mark.skipif(sys.platform == "win32", reason="the benchmark forks")
def test_the_child_says_what_python_says(bench, tree, tmp_path):
    rows = [row(bench, *pair) for pair in EXPECTED]
    assert bench.ask(Path(sys.executable), tmp_path, rows, [str(tree)], ["json"]) == EXPECTED


def test_the_rule_is_asked_for_every_import(bench, tree):
    rows, roots, libraries = bench.judge(tree)
    answers = {(row.module, row.name): row.said for row in rows if row.path == "shop/main.py"}
    assert answers == {
        ("shop.mail", "send"): "resolved", ("shop.mail", "sent"): "unresolved", ("shop", "mail"): "resolved",
        ("shop", "nothing"): "unresolved", ("shop.gone", ""): "unresolved", ("shop.broken", "x"): "unresolved",
    }  # fmt: skip
    assert roots == [str(tree)]
    assert libraries == ["no_such_library", "os"]


def test_what_counts_as_a_difference(bench):
    rows = [
        row(bench, "m", name, said)
        for said in ("resolved", "unresolved", "unknown")
        for name in ("there", "name missing", "module missing", "fails: x")
    ]
    counts, differences = bench.compare(rows, {("m", name): name for name in {row.name for row in rows}})
    assert counts == Counter(
        {(one.said, {"fails: x": "fails otherwise"}.get(one.name, one.name.split()[-1])): 1 for one in rows}
    ) + Counter({(said, "missing"): 1 for said in ("resolved", "unresolved", "unknown")})
    assert [(one.said, one.name) for one, _ in differences] == [
        ("resolved", "name missing"), ("resolved", "module missing"), ("unresolved", "there"),
        ("unknown", "name missing"), ("unknown", "module missing"),
    ]  # fmt: skip
