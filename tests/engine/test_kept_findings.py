"""Findings that were kept are the findings that a run without a cache makes, whatever changed in between.

The projects of the fixtures are changed one file at a time, in the ways that people change files, and checked again:
as a whole, and with the changed file alone.
"""

import re
import shutil
import zlib
from pathlib import Path

import pytest
from preaudit.core.settings import Settings
from preaudit_hooks.engine import check_paths
from preaudit_hooks.kept import Kept
from preaudit_hooks.registry import registry

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
ALL = registry()
CODES = frozenset(info.code for info in ALL if info.code not in ("AUD806", "AUD998"))
PROJECT_RULES = {info.name: info for info in ALL if info.scope == "project" or info.facts}
CASES = [
    folder
    for name in sorted(PROJECT_RULES)
    if (FIXTURES / name).is_dir()
    for folder in sorted((FIXTURES / name).iterdir())
    if folder.is_dir() and any(folder.rglob("*.py"))
]

CHANGES = {
    "a line above": lambda text: f"# one more line\n{text}",
    "a function below": lambda text: f"{text}\n\ndef one_more(value: int) -> int:\n    return value + 1\n",
    "an import": lambda text: f"import textwrap\n{text}",
    "a line in a function": lambda text: re.sub(r"(?m)^( *)((?:async )?def .*:)\n", r"\1\2\n\1    print('here')\n", text, count=1),
    "no first import": lambda text: re.sub(r"(?m)^(?:from \S+ )?import .*\n", "", text, count=1),
    "another name": lambda text: re.sub(r"(?m)^(class|def|async def) (\w+)", r"\1 \2_renamed", text, count=1),
    "everything on one line less": lambda text: re.sub(r"\n\n+", "\n", text),
    "another text": lambda text: re.sub(r"(['\"])([a-z]{4,})\1", r"\1other_\2\1", text, count=1),
    "no text": lambda text: "",
}  # fmt: skip


def run(folder, paths, cache):
    """Answer all that is told of the findings of a run."""
    settings = Settings(root=str(folder))
    result = check_paths(
        [str(path) for path in paths], root=str(folder), settings=settings, codes=CODES, jobs=1, cache=cache
    )
    return [finding.to_row() for finding in result.findings], result.errors


def id_of(folder):
    return f"{folder.parent.name}/{folder.name}"


@pytest.mark.parametrize("case", CASES, ids=id_of)
def test_kept_findings_are_those_of_a_fresh_run(case, tmp_path):
    folder = tmp_path / "project"
    shutil.copytree(case, folder)
    files = sorted(folder.rglob("*.py"))
    names = sorted(CHANGES)
    start = zlib.crc32(id_of(case).encode())
    run(folder, [folder], True)
    for turn in range(4):
        # another file and another change in each turn, the same ones in every run of the test
        path = files[(start + turn) % len(files)]
        name = names[(start // 7 + turn * 2) % len(names)]
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
        path.write_text(CHANGES[name](text), encoding="utf-8", errors="surrogateescape")
        for paths in ([path], [folder]):
            assert run(folder, paths, True) == run(folder, paths, False), f"{name} in {path.relative_to(folder)}"


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


SHOP = {
    "pyproject.toml": "[project]\nname = 'shop'\nversion = '1'\n",
    "shop/__init__.py": "",
    "shop/main.py": '"""Starts."""\n\nfrom shop.mail import send\nfrom shop.orders import cancel\n\n\ndef run():\n    send(cancel)\n',
    "shop/mail.py": '"""Mail."""\n\nfrom shop import orders\n\n\ndef send(order):\n    print(orders.TITLE, order)\n',
    "shop/orders.py": '"""Orders."""\n\nfrom shop.mail import send\n\nTITLE = "Order"\n\n\ndef cancel(order):\n    send(order)\n',
}  # fmt: skip


@pytest.fixture
def reruns(monkeypatch):
    """Answer the list of codes of rules that ran because what was kept of them did not hold."""
    found = []
    known = Kept.findings

    def findings(self, info):
        answer = known(self, info)
        if answer is None and self.cache is not None:
            found.append(info.code)
        return answer

    monkeypatch.setattr(Kept, "findings", findings)
    return found


GRAPH = {"AUD103", "AUD107"}
OTHERS = {"AUD105", "AUD210", "AUD217", "AUD509", "AUD903"}


@pytest.mark.parametrize(
    ("path", "change", "kept"),
    [
        ("shop/mail.py", "a line above", CODES),
        ("shop/mail.py", "a line in a function", CODES),
        ("shop/mail.py", "a function below", GRAPH | OTHERS),
        ("shop/main.py", "an import", GRAPH | OTHERS),
        ("shop/main.py", "no first import", OTHERS),
    ],
)
def test_only_rules_that_a_change_concerns_run_again(tmp_path, reruns, path, change, kept):
    write(tmp_path, SHOP)
    assert any(row[0] == "AUD103" for row in run(tmp_path, [tmp_path], True)[0])
    reruns.clear()
    (tmp_path / path).write_text(CHANGES[change](SHOP[path]))
    assert run(tmp_path, [tmp_path / path], True) == run(tmp_path, [tmp_path / path], False)
    assert not kept & set(reruns)


def test_a_finding_moves_with_its_line(tmp_path, reruns):
    write(tmp_path, SHOP)
    (before,) = (row for row in run(tmp_path, [tmp_path], True)[0] if row[0] == "AUD103")
    reruns.clear()
    (tmp_path / before[3]).write_text("# one\n# two\n" + SHOP[before[3]])
    (after,) = (row for row in run(tmp_path, [tmp_path], True)[0] if row[0] == "AUD103")
    assert not reruns
    assert (after[4], after[7]) == (before[4] + 2, before[7] + 2)
    assert after[12:14] == before[12:14], "key and fingerprint do not depend on the line"


def test_a_rule_follows_a_name_of_another_module(tmp_path):
    """AUD106 of a file that did not change: the name that it imports is gone, and comes back."""
    write(tmp_path, SHOP)
    main = tmp_path / "shop" / "main.py"
    assert not any(row[0] == "AUD106" for row in run(tmp_path, [tmp_path], True)[0])
    (tmp_path / "shop/mail.py").write_text(SHOP["shop/mail.py"].replace("def send", "def deliver"))
    for paths in ([main], [tmp_path]):
        assert ("AUD106", "shop/main.py", 3) in [(row[0], row[3], row[4]) for row in run(tmp_path, paths, True)[0]]
    (tmp_path / "shop/mail.py").write_text(SHOP["shop/mail.py"])
    assert not any(row[0] == "AUD106" for row in run(tmp_path, [tmp_path], True)[0])
