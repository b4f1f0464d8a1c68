"""The baseline: what it covers, what it must never cover, how its file is read and written, and 2,400 random edits."""

import ast
import json
import random
import re
from pathlib import Path

import preaudit
import pytest
from preaudit.core import tree
from preaudit.core.baseline import Baseline, BaselineError, parse, read
from preaudit.core.finding import Finding
from preaudit.core.fingerprint import key_of


def finding(path="a.py", scope="f", key="k", code="AUD001", line=1, **fields):
    return Finding(code, "name", "high", path, line, 1, "message", scope=scope, key=key, **fields)


def marked(accepted, now, exists=lambda path: True):
    """Answer (the baseline after the mark, which of the findings it covers)."""
    baseline = Baseline.of(accepted)
    baseline.mark(now, exists)
    return baseline, [one.baselined for one in now]


COVERED = [
    # accepted, found now, covered
    ([finding()], [finding(line=99)], [True]),
    ([finding()], [finding(), finding(line=2)], [True, False]),
    ([finding(), finding()], [finding()], [True]),
    ([finding()], [finding(code="AUD002")], [False]),
    ([finding()], [finding(scope="g")], [False]),
    ([finding()], [finding(path="b.py")], [False]),
    ([finding(key="x")], [finding(key="y")], [False]),
    ([finding()], [finding(suppressed="-"), finding()], [False, True]),
    ([], [finding()], [False]),
]


@pytest.mark.parametrize(("accepted", "now", "covered"), COVERED)
def test_an_entry_covers_what_it_counts(accepted, now, covered):
    assert marked(accepted, now)[1] == covered


RENAMES = [
    # accepted in old.py, found in another file, covered although old.py is gone
    ([finding("app/old.py")], [finding("app/new.py")], [True]),
    ([finding("app/old.py")], [finding("lib/old.py")], [True]),
    ([finding("app/old.py")], [finding("lib/new.py")], [False]),
    (
        [finding("app/old.py"), finding("app/old.py", key="2")],
        [finding("lib/new.py"), finding("lib/new.py", key="2")],
        [True, True],
    ),
    (
        [finding("app/old.py", key=str(n)) for n in range(5)],
        [finding("app/new.py", key=str(n)) for n in range(2)],
        [False, False],
    ),
    ([finding("app/old.py")], [finding("app/new.py"), finding("app/new.py")], [True, False]),
    ([finding("app/old.py"), finding("app/new.py", key="x")], [finding("app/new.py")], [False]),
]


@pytest.mark.parametrize(("accepted", "now", "covered"), RENAMES)
def test_renamed_files(accepted, now, covered):
    gone = lambda path: path != "app/old.py"  # noqa: E731
    baseline, answer = marked(accepted, now, gone)
    assert answer == covered
    assert marked(accepted, now)[1] == [False] * len(now), "a copy is new as long as the old file is there"
    if all(covered):
        after = baseline.without(baseline.stale(lambda code, path: True))
        assert {path for _, path, _, _ in after.entries} == {one.path for one in now}


def test_stale_entries_are_those_the_run_could_have_found():
    accepted = [finding(), finding("b.py"), finding(code="AUD002"), finding(), finding()]
    baseline, _ = marked(accepted, [finding()])
    assert baseline.stale(lambda code, path: False) == {}
    stale = baseline.stale(lambda code, path: path == "a.py" and code == "AUD001")
    assert stale == {("AUD001", "a.py", "f", "k"): 2}
    left = baseline.without(stale)
    assert len(left) == 3 and left.entries["AUD001", "a.py", "f", "k"] == 1


def test_the_file_is_sorted_an_entry_a_line_without_lines_and_words():
    found = [finding("b.py"), finding("a.py", key="z"), finding("a.py", key="a"), finding("b.py"), finding("é.py")]
    text = Baseline.of(found).text()
    assert text == Baseline.of(reversed(found)).text() and text.isascii()
    lines = text.splitlines()
    assert len(lines) == 6 and '"n": 2' in lines[3]
    assert [set(entry) - {"n"} for entry in json.loads(text)["findings"]] == [{"code", "path", "scope", "key"}] * 4
    assert parse(text.encode()).entries == Baseline.of(found).entries
    assert parse(Baseline().text().encode()).entries == {}


BROKEN = [
    (b"", "no valid JSON"),
    (b"{", ":1:2: no valid JSON"),
    (b"<<<<<<< ours\n", "resolve the merge conflict"),
    (b"[]", "no baseline"),
    (b'{"version": 1}', "no baseline"),
    (b'{"version": 2, "findings": []}', "version 2"),
    (b'{"version": 1, "findings": [3]}', "entry 1"),
    (b'{"version": 1, "findings": [{"code": "AUD001"}]}', "entry 1"),
    (b'{"version": 1, "findings": [{"code": "A", "path": "p", "scope": "", "key": "k", "n": true}]}', "entry 1"),
    (b'{"version": 1, "findings": [{"code": "A", "path": "p", "scope": "", "key": "k", "n": 0}]}', "entry 1"),
    (b"\xff\xfe", "cannot be decoded"),
    (b"[" * 100_000, "cannot be decoded"),
]


@pytest.mark.parametrize(("data", "message"), BROKEN)
def test_a_broken_file_says_where(data, message):
    with pytest.raises(BaselineError) as error:
        parse(data, "preaudit-baseline.json")
    assert message in str(error.value) and "preaudit-baseline.json" in str(error.value)


def test_an_entry_twice_after_a_merge_counts_once():
    row = '{"code": "AUD001", "path": "a.py", "scope": "f", "key": "k"%s}'
    text = '{"version": 1, "findings": [%s,%s]}' % (row % "", row % ', "n": 2')
    assert parse(text.encode()).entries == {("AUD001", "a.py", "f", "k"): 2}


def test_no_file_is_no_baseline(tmp_path):
    assert read(str(tmp_path / "none.json")) is None
    with pytest.raises(BaselineError):
        read(str(tmp_path))


# Random edits. The rule for the test finds every call of `isinstance` and `len`, wherever it stands in real files.

SOURCES = sorted(path for path in Path(preaudit.__file__).parent.glob("core/*.py") if path.name != "rule_index.py")
EDITS = 2400
RULE = ("isinstance", "len")
NEW = ["isinstance(brand_new, int)", "len(brand_new)"]


def findings_of(path, text):
    """Answer the findings of the test's own rule, made with the core's scope and key."""
    module = ast.parse(text)
    tree.walk(module)
    lines = text.split("\n")
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RULE:
            place = (node.lineno, column(lines, node.lineno, node.col_offset))
            end = (node.end_lineno, column(lines, node.end_lineno, node.end_col_offset))
            found.append(
                Finding(
                    "AUD001", "n", "low", path, *place, "m", *end,
                    scope=tree.qualified_scope(node), key=key_of(path, lines, *place, *end),
                )
            )  # fmt: skip
    return sorted(found, key=Finding.sort_key)


def column(lines, line, offset):
    return len(lines[line - 1].encode()[:offset].decode()) + 1


def blocks(text):
    """Answer the source of each top-level statement with the comments and blank lines above it."""
    module = ast.parse(text)
    lines, parts, start = text.split("\n"), [], 0
    for node in module.body:
        parts.append("\n".join(lines[start : node.end_lineno]))
        start = node.end_lineno
    return parts, "\n".join(lines[start:])


def all_but(gone):
    return lambda path: path not in gone


class Editor:
    """Edits a text at random. Each edit answers the new text, how many findings it adds, how many it takes away."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.count = 0

    def insert(self, text):
        parts, rest = blocks(text)
        self.count += 1
        new = self.random.choice(
            ["# a comment", "", f"NUMBER_{self.count} = 3", f"def made_{self.count}():\n    return 1\n"]
        )
        parts.insert(self.random.randint(2, len(parts)), new)
        return "\n".join([*parts, rest])

    def move(self, text):
        parts, rest = blocks(text)
        movable = [n for n, part in enumerate(parts) if re.search(r"^(def|class) ", part, re.M)]
        if len(movable) > 1:
            one, other = self.random.sample(movable, 2)
            parts[one], parts[other] = "\n" + parts[other], "\n" + parts[one]
        return "\n".join([*parts, rest])

    def reindent(self, text):
        parts, rest = blocks(text)
        number = self.random.randrange(2, len(parts))
        if '"""' not in parts[number] and "'''" not in parts[number] and parts[number].count("\n") < 60:
            if not parts[number].startswith("if True:"):
                parts[number] = "if True:\n" + re.sub(r"^(?=.)", "    ", parts[number], flags=re.M)
        return "\n".join([*parts, rest])

    def reformat(self, text):
        """Break one call over lines, as a formatter does."""
        calls = list(re.finditer(r"\b(isinstance|len)\(([^()\n'\"#]*)\)", text))
        if not calls:
            return text
        call = self.random.choice(calls)
        inner = ",\n        ".join(part.strip() for part in call.group(2).split(","))
        new = f"{call.group(1)}(  # formatted\n        {inner},\n    )"
        changed = text[: call.start()] + new + text[call.end() :]
        try:
            ast.parse(changed)
        except SyntaxError:
            return text  # inside a string or a comment
        return changed if len(findings_of("x.py", changed)) == len(findings_of("x.py", text)) else text

    def rename(self, text):
        """Rename a variable of one function that no finding there speaks of."""
        names, held = set(), set()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and len(node.id) > 3:
                names.add(node.id)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RULE:
                held |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
                held |= {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                held.add(node.name)  # the scope of a finding has this name
        names = sorted(name for name in names - held if name.islower())
        if not names:
            return text
        name = self.random.choice(names)
        self.count += 1
        return re.sub(rf"(?<![\w.\"']){name}\b(?!\s*=[^=]|[\"'])", f"{name}_{self.count}", text)

    def add(self, text):
        """Add one new finding: a copy of an old one beside it, or a fresh one."""
        lines = text.split("\n")
        module = ast.parse(text)
        functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
        function = self.random.choice(functions)
        held = [one for one in findings_of("x.py", ast.get_source_segment(text, function)) if one.scope]
        new = self.random.choice(NEW)
        if held and self.random.random() < 0.6:
            place = self.random.choice(held)
            segment = ast.get_source_segment(text, function).split("\n")
            if place.line == place.end_line:
                new = segment[place.line - 1][place.column - 1 : place.end_column - 1]
        first = function.body[0]
        indent = " " * first.col_offset
        lines.insert(first.lineno - 1, f"{indent}{new}")
        return "\n".join(lines)


def test_2400_random_edits_lose_no_old_finding_and_hide_no_new_one():
    editor = Editor(20261122)
    sources = [(path.name, path.read_text()) for path in SOURCES if 2000 < path.stat().st_size < 9000]
    assert len(sources) >= 5
    done = {}
    for number in range(EDITS // 12):
        name, original = sources[number % len(sources)]
        path, text = f"app/{name}", original
        before = findings_of(path, original)
        baseline = Baseline.of(before)
        expected_new, gone = 0, set()
        for _ in range(12):
            kind = editor.random.choice(["insert", "move", "reindent", "reformat", "rename", "add", "git mv"])
            if kind == "git mv":
                gone.add(path)
                path = f"app/moved_{number}_{len(gone)}.py"
                changed = text
            else:
                changed = getattr(editor, kind)(text)
            try:
                now = findings_of(path, changed)
            except SyntaxError:
                continue  # the edit made no Python; nothing to say about it
            added = len(now) - len(before)
            if kind != "add" and added:
                continue  # the edit changed what is found, so it says nothing about findings that stay
            text, before = changed, now
            expected_new += added
            baseline.mark(now, all_but(gone))
            new = [one for one in now if not one.baselined]
            assert len(new) == expected_new, (kind, name, [(one.scope, one.line) for one in new])
            assert baseline.stale(lambda code, each: True) == {}, (kind, name)
            if gone:
                baseline = baseline.without({})
            done[kind] = done.get(kind, 0) + 1
    assert sum(done.values()) >= 2000 and min(done.values()) > 150, done
