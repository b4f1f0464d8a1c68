"""What the types of expressions are, with nothing installed but preaudit.

The situations are in `situations/*.txt`. `=== title` begins one; `--- path` begins a file of it (a situation without
one is the file app/main.py). In the files every `reveal(expression)` is a question, and the comment behind it is the
answer: dotted classes joined by ` | `, sorted, or `unknown`. `# todo: answer` is an answer that is not found yet: the
test fails when it is, so that the mark is taken away.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from preaudit.core import tree
from preaudit.core.context import Context
from preaudit.core.project import Project
from preaudit.core.runner import parse
from preaudit.core.settings import Settings

FOLDER = Path(__file__).parent / "situations"
ANSWER = re.compile(r"#\s*(?P<todo>todo:)?\s*(?P<types>[^#]+?)\s*$")


def situations(path: Path) -> list:
    """Answer [(title, {path: text})] of a file of situations."""
    found = []
    for part in re.split(r"^=== ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
        title, _, body = part.partition("\n")
        pieces = re.split(r"^--- (.+)\n", body, flags=re.M)
        files = dict(zip(pieces[1::2], pieces[2::2], strict=True)) if len(pieces) > 1 else {"app/main.py": body}
        if len(pieces) > 1 and pieces[0].strip():
            raise ValueError(f"{path.name}: {title}: text before the first file")
        found.append((title.strip(), files))
    return found


def questions(files: dict):
    """Yield (path, line, expected types, is todo, types found) of every reveal() of a project."""
    settings = Settings()
    for path in sorted(files):
        text = files[path]
        if "reveal(" not in text:
            continue
        project = Project("", settings, paths=sorted(files), texts=files)
        module = parse(text, path, project)
        by_type = tree.walk(module)
        summary, exprs = project.summarise(path, by_type)
        project.put(path, summary)
        ctx = Context(path, text, module, by_type, exprs, project, settings)
        lines = text.splitlines()
        for node in ctx.nodes(ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id == "reveal":
                answer = ANSWER.search(lines[node.end_lineno - 1])
                assert answer, f"{path}:{node.end_lineno}: no answer behind reveal()"
                expected = "" if answer["types"] == "unknown" else answer["types"]
                yield path, node.lineno, expected, bool(answer["todo"]), " | ".join(sorted(ctx.types(node.args[0])))


CASES = [
    pytest.param(files, id=f"{path.stem}: {title}")
    for path in sorted(FOLDER.glob("*.txt"))
    for title, files in situations(path)
]


def test_there_are_enough_situations_with_titles_of_their_own():
    assert len({case.id for case in CASES}) == len(CASES) >= 150


@pytest.mark.parametrize("files", CASES)
def test_situation(files):
    asked = list(questions(files))
    assert asked, "nothing is asked"
    wrong = [
        f"{path}:{line}: {found or 'unknown'}, not {expected or 'unknown'}"
        for path, line, expected, todo, found in asked
        if (found == expected) is todo
    ]
    assert not wrong, "\n".join(wrong)
