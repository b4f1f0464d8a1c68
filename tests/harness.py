"""How fixtures and documented examples become expectations.

An expected finding is a comment at the end of its line: `# AUD401`, several as `# AUD401 AUD402`; a
known missed alarm is `# todo AUD401`, which is counted and never fails. A line without a mark must be
clean. Header comments in the first lines of a file set its case up:

    # path: app/views.py                        its place in the project (default: app/<file name>)
    # options: {"relative-imports": "mixed"}    what [tool.preaudit] says
    # codes: AUD401 AUD998                      what runs besides the fixture's own rule

A fixture is one file, or a folder, which is a whole project (with its own preaudit.toml where it needs
options). `<case>.fixed.py` beside `<case>.py` is what the fixes must make of it.
"""

import json
import re
from collections import Counter, namedtuple
from pathlib import Path

from preaudit.core.edits import apply_fixes
from preaudit.core.settings import Settings
from preaudit_hooks.registry import registry

HOME = Path(__file__).resolve().parent.parent
FIXTURES = HOME / "tests" / "fixtures"
HEADINGS = (
    "What it does", "Why it matters", "Bad", "Good", "Fixed", "Options", "Limits", "Origin",
)  # fmt: skip

MARK = re.compile(r"[ \t]*#[ \t]*(?P<todo>todo[ \t]+)?(?P<codes>AUD\d{3}(?:[, \t]+AUD\d{3})*)[ \t]*(?=#|$)", re.M)
HEADER = re.compile(r"^#[ \t]*(path|options|codes):[ \t]*(.+?)[ \t]*$", re.M)
FENCE = re.compile(
    r"^(?P<fence>`{3,})(?P<language>\w+)?[ \t]*(?P<name>\S+)?[ \t]*\n(?P<body>.*?)^(?P=fence)[ \t]*$", re.M | re.S
)
EXAMPLE_FILES = {
    "python": "app/example.py", "py": "app/example.py", "yaml": "docker-compose.yml", "dotenv": ".env", "env": ".env",
    "sh": "run.sh", "bash": "run.sh", "shell": "run.sh", "procfile": "Procfile", "toml": "pyproject.toml",
    "ini": "setup.cfg",
}  # fmt: skip
# Housekeeping codes judge what other rules find: everything runs.
WITH_ALL = ("AUD000", "AUD998")

Case = namedtuple("Case", "name rule files options codes fixed")
Case.__doc__ = """A project to check: {path: text}; `fixed` is {path: text} after all fixes, {} where not told."""


def marks(text):
    """Answer (expected, known missed), each a Counter of (line, code) of the marks in a text."""
    expected, missed = Counter(), Counter()
    for number, line in enumerate(lines_of(text), 1):
        for hit in MARK.finditer(line):
            into = missed if hit["todo"] else expected
            into.update((number, code) for code in re.findall(r"AUD\d{3}", hit["codes"]))
    return expected, missed


def lines_of(text):
    """Answer the lines of a text, without their ends, as editors count them."""
    return re.split(r"\r\n|\n|\r", text)


def unmarked(text):
    """Answer a text without its marks, for comparing what a fix made of it."""
    return "\n".join(MARK.sub("", line).rstrip() for line in lines_of(text))


def headers(text):
    """Answer (path or '', options, codes) of the header comments."""
    found = dict(HEADER.findall("\n".join(lines_of(text)[:6])))
    codes = tuple(found.get("codes", "").replace(",", " ").split())
    return found.get("path", ""), json.loads(found.get("options", "{}")), codes


def fixture_cases(rule):
    """Answer the cases of a rule's fixture folder; [] where it has none."""
    folder = FIXTURES / rule.name
    found = []
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        if entry.name.startswith("__") or ".fixed" in entry.name or entry.name == "README.md":
            continue
        fixed = {}
        beside = entry.with_name(f"{entry.stem}.fixed{entry.suffix}")
        if entry.is_dir():
            files = tree(entry)
            if beside.is_dir():
                fixed = tree(beside)
            found.append(Case(f"{rule.name}/{entry.name}", rule, files, {}, (), fixed))
            continue
        text = read(entry)
        path, options, codes = headers(text)
        path = path or (f"app/{entry.name}" if entry.suffix == ".py" else entry.name)
        if beside.is_file():
            fixed = {path: read(beside)}
        found.append(Case(f"{rule.name}/{entry.name}", rule, {path: text}, options, codes, fixed))
    return found


def tree(folder):
    """Answer {path: text} of all files below a folder."""
    return {
        path.relative_to(folder).as_posix(): read(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }


def read(path):
    """Answer a file's text with its own line ends."""
    return path.read_bytes().decode("utf-8")


def sections(documentation):
    """Answer {heading: text} of a rule's page; fenced lines are never headings."""
    found, current, fence = {}, "", ""
    for line in documentation.splitlines():
        opening = re.match(r"`{3,}", line)
        if opening and not fence:
            fence = opening.group()
        elif opening and line.startswith(fence):
            fence = ""
        if line.startswith("## ") and not fence:
            current = line[3:].strip()
            found[current] = ""
        else:
            found[current] = found.get(current, "") + line + "\n"
    return found


def examples(rule, heading):
    """Answer the cases that a section of a rule's page shows.

    Fences that name their files make one project, until a name comes again; any other fence is one file.
    """
    found, project = [], {}
    for hit in FENCE.finditer(sections(rule.documentation()).get(heading, "")):
        body, language = hit["body"], (hit["language"] or "").lower()
        if hit["name"]:
            if hit["name"] in project:
                found.append(project)
                project = {}
            project[hit["name"]] = body
        elif language in EXAMPLE_FILES:
            found.append({headers(body)[0] or EXAMPLE_FILES[language]: body})
    if project:
        found.append(project)
    cases = []
    for number, files in enumerate(found, 1):
        options, codes = {}, ()
        for text in files.values():
            _, own, more = headers(text)
            options, codes = {**options, **own}, codes + more
        cases.append(Case(f"{rule.name}: {heading} {number}", rule, files, options, codes, {}))
    return cases


def run(case, tmp_path, codes=None):
    """Answer the findings of a case: of its own rule, or of these codes."""
    own = registry().codes if case.rule.code in WITH_ALL else {case.rule.code, *case.codes}
    return check(case.files, own if codes is None else codes, case.options, tmp_path, on_disk=needs_disk(case))


def needs_disk(case):
    """Answer whether a case is a project on disk: any but a rule on one Python file, and one that also asks the project."""
    plain = case.rule.scope in ("file", "types") and case.rule.module.startswith("preaudit.")
    plain = plain and (not case.rule.facts or len(case.files) < 2)
    return not (plain and all(path.endswith(".py") for path in case.files))


def check(files, codes, options, tmp_path, on_disk):
    """Answer the findings of a project of these files, without the suppressed ones."""
    found = _findings(files, frozenset(codes), options, tmp_path, on_disk)
    return [finding for finding in found if not finding.suppressed]


def _findings(files, codes, options, tmp_path, on_disk):
    if not on_disk:
        from preaudit.core.runner import check_text

        settings = Settings(options)
        return [
            finding
            for path, text in files.items()
            for finding in check_text(text, path, codes=codes, settings=settings, files=files, registered=registry())
        ]
    from preaudit_hooks.engine import check_paths

    root = tmp_path / "project"
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())
    values = options
    if not options and "preaudit.toml" in files:
        import tomllib

        values = tomllib.loads(files["preaudit.toml"])
    settings = Settings(values, root=str(root))
    return check_paths([str(root)], root=str(root), settings=settings, codes=codes, jobs=1, cache=False).findings


def differences(case, findings, codes=None):
    """Answer what is unexpected and what is missing, as lines for people; [] if all is as marked."""
    wanted = {case.rule.code, *case.codes} if codes is None else set(codes)
    expected, missed, seen = Counter(), Counter(), Counter()
    for path, text in case.files.items():
        here, later = marks(text)
        expected.update({(path, *key): count for key, count in here.items() if key[1] in wanted})
        missed.update({(path, *key): count for key, count in later.items() if key[1] in wanted})
    said = {}
    for finding in findings:
        key = (finding.path, finding.line, finding.code)
        said.setdefault(key, []).append(finding.message)
        if finding.code in wanted or finding.code == "AUD000":
            seen[key] += 1
    found = []
    for key in sorted((seen - expected - missed).keys()):
        path, line, code = key
        found.append(
            f"{path}:{line}: false alarm {code}: {'; '.join(said[key])}\n    {line_at(case.files, path, line)}"
        )
    for path, line, code in sorted((expected - seen).keys()):
        found.append(f"{path}:{line}: missed alarm {code}\n    {line_at(case.files, path, line)}")
    return found


def line_at(files, path, line):
    """Answer the text of a line, for a failure's message."""
    lines = lines_of(files.get(path, ""))
    return lines[line - 1].strip() if 0 < line <= len(lines) else "(no such line)"


def fixed_files(case, findings):
    """Answer {path: text} of the case after all fixes of these findings."""
    result = {}
    for path, text in case.files.items():
        fixes = [finding.fix for finding in findings if finding.path == path and finding.fix and finding.fix.edits]
        result[path] = apply_fixes(text, fixes)[0] if fixes else text
    return result
