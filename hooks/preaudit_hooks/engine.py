"""One run over a project: files, cache, processes, project rules, suppressions.

`check_paths` is what every door but flake8 calls. Files are checked one by one (in processes above
some fifty of them), each giving its findings and facts; project rules then look at the facts of all.
"""

from __future__ import annotations

import os
import stat

from preaudit import knowledge
from preaudit.core import suppressions
from preaudit.core.cache import Cache
from preaudit.core.files import project_files
from preaudit.core.finding import Finding
from preaudit.core.fingerprint import assign, key_of
from preaudit.core.project import Project
from preaudit.core.registry import BROKEN, UNUSED
from preaudit.core.reports import broken, fault, one_line, suppress, unused
from preaudit.core.results import sound, unchanged
from preaudit.core.source import SourceError, decode, split_lines
from preaudit.core.templates import in_template

from preaudit_hooks.documents.kinds import kind_of
from preaudit_hooks.factstore import FactStore
from preaudit_hooks.fileindex import FileIndex
from preaudit_hooks.registry import registry

PARALLEL = 50
PYTHON = (".py", ".pyi")


class Result:
    """What a run found: `findings` (suppressed ones marked), `errors` [(path, message)], `files` (how many were checked)."""

    __slots__ = ("findings", "errors", "files", "targets", "project")

    def __init__(self, findings, errors, files, targets=(), project=None):
        """Hold the result of a run."""
        self.findings, self.errors, self.files = findings, errors, files
        self.targets, self.project = targets, project


class Run:
    """One run; made by `check_paths`."""

    def __init__(self, root, settings, codes, jobs, cache, texts, paths, progress):
        """`texts`: {root-relative path: text} read instead of the disk."""
        self.root, self.settings, self.codes = root, settings, frozenset(codes)
        self.registry = registry()
        self.infos = [info for info in self.registry if info.code in self.codes]
        self.jobs, self.progress = jobs, progress
        knowledge.extend(dict(settings.knowledge or {}))
        self.cache = Cache(root, settings.cache_dir or "") if cache else None
        listed = paths if paths is not None else project_files(root, settings) if root else []
        known = {*listed, *(path for path in texts if not in_template(path))}
        self.project = Project(root, settings, self.cache, sorted(known), texts)
        for path, text in texts.items():
            if self.cache is not None:
                self.cache.set_content(path, text.encode("utf-8", "surrogatepass"))
        self.errors: list = []
        self.findings: dict = {}
        self.facts = FactStore(self.cache)
        self.flags: dict = {}
        self._present: dict = {}  # states of what facts asked for, see preaudit.core.results.unchanged
        self.done = 0

    # which files

    def targets(self, paths) -> list:
        """Answer the root-relative files that these paths (absolute, or relative to the working directory) name."""
        found: dict = {}
        for path in paths:
            full = os.path.abspath(path)
            inside = os.path.relpath(full, self.root).replace(os.sep, "/")
            if os.path.isdir(full):
                prefix = "" if inside == "." else inside + "/"
                if inside.startswith("../"):
                    self.errors.append((inside, f"lies outside the project {os.path.basename(self.root)}"))
                    continue
                listed = [p for p in self.project.paths if p.startswith(prefix)]
                if not listed and inside != ".":
                    # a folder that git ignores or knows nothing of, named by hand
                    listed = [f"{prefix}{p}" for p in project_files(full, self.settings)]
                for name in listed:
                    if self._reader(name):
                        found[name] = True
            elif in_template(inside) or self.settings.force_exclude and self.settings.is_excluded(inside):
                continue
            else:
                found[inside] = True
        return sorted(found)

    def _reader(self, path: str) -> str:
        """Answer "python", a document kind, or '' for a file nobody reads."""
        if path.endswith(PYTHON):
            return "python"
        text = None
        if path.endswith((".yml", ".yaml")) and not kind_of(path):
            text = self._peek(path)
        elif "." not in path.rpartition("/")[2] and not kind_of(path):
            text = self._head(path)
        return kind_of(path, text)

    def _head(self, path: str):
        """Answer the first line of a file without an ending, None if it cannot be one of a script."""
        if path in self.project.texts:
            return self.project.texts[path][:200]
        full = os.path.join(self.root, path)
        try:
            # a regular file only: a pipe would be waited for, and a link may lead out of the tree
            if not stat.S_ISREG(os.lstat(full).st_mode):
                return None
            with open(full, "rb") as stream:
                head = stream.read(200)
        except (OSError, ValueError):
            return None
        return head.decode("utf-8", "replace") if head.startswith(b"#!") else None

    def _peek(self, path: str):
        try:
            return self.project.read(path)[:200_000]
        except (SourceError, UnicodeError):
            return None

    # one file

    def check_files(self, targets: list) -> None:
        """Check these files, and collect the facts of all others where a project rule needs them."""
        project_rules = [info for info in self.infos if info.facts or info.scope == "project"]
        wanted = dict.fromkeys(targets, True)
        if project_rules:
            for path in self.project.paths:
                if path not in wanted and self._reader(path):
                    wanted[path] = False
        todo = []
        self.index = FileIndex(self.cache)
        rows = {path: self._known(path) for path in wanted} if self.cache is not None else {}
        for path, is_target in wanted.items():
            if not rows or not self._recall(path, is_target, rows[path]):
                todo.append((path, is_target))
        self._work(todo)
        if project_rules:
            self.index.save({path: self._base_key(path) for path in wanted} if self.cache is not None else {})

    def _base_key(self, path: str) -> tuple:
        return (self.cache.content_hash(path), self.project.module_name(path) if path.endswith(PYTHON) else path)

    def _known(self, path: str) -> tuple | None:
        """Answer what the index holds of a file; what it assigns elsewhere is told before anything is compared."""
        content, module = self._base_key(path)
        found = self.index.get(path, content, module) if content else None
        if found is not None and path.endswith(PYTHON):
            self.project.known_outside[path] = found[2]
        return found

    def _recall(self, path: str, is_target: bool, found: tuple | None) -> bool:
        """Take a file's findings and facts from the cache; answer whether all that is needed was there and holds."""
        if found is None:
            return False
        content, module = self._base_key(path)
        flag, digests, _, others = found
        try:
            holds = unchanged(others, path, self.project, self.cache, self._present)
        except (TypeError, ValueError):
            holds = False  # a damaged row
        if not holds:
            self.index.drop(path)
            return False
        findings: list | None = []
        if is_target:
            record = self.cache.get("r", content, module, path, self.state)
            findings = sound(record, self.cache, path, self.project, self.whole) if record is not None else None
            if findings is None:
                return False
        self._take(path, is_target, findings, flag)
        self.facts.take_kept(path, (content, module, path), digests)
        return True

    @property
    def state(self) -> str:
        """Answer what the findings of a file depend on beside files: the codes that run and the settings."""
        if not hasattr(self, "_state"):
            from preaudit.core.cache import digest

            codes = ",".join(sorted(info.code for info in self.infos if info.nodes or info.documents))
            self._state = digest(f"{codes} {self.settings.fingerprint}".encode())
        return self._state

    @property
    def whole(self) -> str:
        """Answer the state of all Python files of the project together."""
        if not hasattr(self, "_whole"):
            from preaudit.core.cache import digest

            rows = [f"{path}:{self.cache.content_hash(path)}" for path in sorted(self.project.python)]
            self._whole = digest("\n".join(rows).encode("utf-8", "surrogatepass"))
        return self._whole

    def _take(self, path, is_target, findings, flag):
        if is_target:
            self.findings[path] = findings
            self.done += 1
            if self.progress is not None:
                self.progress(self.done, self.total)
        self.flags[path] = flag

    total = 0

    def _work(self, todo: list) -> None:
        if not todo:
            return
        from preaudit_hooks.work import Worker

        jobs = self.jobs or os.cpu_count() or 1
        worker = Worker(self.root, self.settings, self.infos, self.project, self.cache, self.state,
                        self.whole if self.cache is not None else "")  # fmt: skip
        if len(todo) >= PARALLEL and jobs > 1 and hasattr(os, "fork"):
            from preaudit_hooks.processes import spread

            for row in spread(worker, todo, jobs):
                self._done(*row)
            return
        # summaries first: a check looks into those of other modules, and the trees are kept for it
        if len(todo) < PARALLEL:
            for path, _ in todo:
                worker.prepare(path)
        else:
            from preaudit_hooks.processes import prepare_all

            prepare_all(worker, todo)
        for path, is_target in todo:
            self._done(path, is_target, *worker.check(path, is_target))

    def _done(self, path, is_target, findings, flag, packed, errors):
        if is_target:
            self.errors.extend(errors)
        self._take(path, is_target, findings, flag)
        self.facts.take(path, packed)

    # the project

    def check_project(self, targets: list, whole: bool) -> None:
        """Run the project rules and add their findings; only those that a target takes part in, unless `whole`."""
        infos = [info for info in self.infos if info.facts or info.scope == "project"]
        if not infos:
            return
        from preaudit_hooks.projectrules import run_project_rules

        chosen = set(targets)
        for finding in run_project_rules(self, infos, None if whole else chosen):
            places = {finding.path, *(place.path for place in finding.related)}
            if not whole:
                if self.registry.get(finding.code).posture:
                    places = {finding.path}
                if not places & chosen:
                    continue
            self.findings.setdefault(finding.path, []).append(finding)

    # suppressions

    def finish(self, whole_file_codes) -> list:
        """Mark what comments silence, add AUD998, and answer all findings in order, with fingerprints."""
        everything: list = []
        for path in sorted(self.findings):
            rows = self.findings[path]
            try:
                rows = self._settled(path, rows, whole_file_codes)
            except Exception as error:
                if not any(row.code == BROKEN for row in rows):  # else its check has said so already
                    rows = [*rows, fault(path, "reader of suppressions", error)]
            everything.extend(rows)
        everything.sort(key=Finding.sort_key)
        assign(everything)
        return everything

    def _settled(self, path: str, rows: list, whole_file_codes) -> list:
        """Mark what the comments of one file silence, and answer its findings with the AUD998 of the rest."""
        found = suppressions.NOTHING
        text = ""
        if self.flags.get(path, 1) and (rows or self.flags.get(path)):
            text = self._text(path)
            found = self._suppressions(path, text)
        suppress(rows, found, self.settings, path, self.registry)
        whole_file = not any(row.code == BROKEN for row in rows)  # else not everything ran
        judged = text and path in self.checked and whole_file and not self.settings.is_foreign(path)
        if UNUSED in self.codes and judged:
            return rows + unused(found, path, split_lines(text), whole_file_codes, self.registry, self.settings)
        return rows

    checked: frozenset = frozenset()

    def _text(self, path: str) -> str:
        try:
            return self.project.read(path)
        except (SourceError, UnicodeError):
            return ""

    def _suppressions(self, path: str, text: str):
        if path.endswith(PYTHON):
            return suppressions.python(text)
        if "preaudit:" not in text:
            return suppressions.NOTHING
        from preaudit_hooks.documents.kinds import read

        document = read(path, text)
        comments = [(c.line, c.column, c.text) for c in document.comments] if document is not None else []
        return suppressions.document(document.text if document is not None else text, comments)

    def place_key(self, path: str, place: tuple) -> str:
        """Answer the key of a place in any file of the project, '' if the file cannot be read."""
        text = self._text(path)
        return key_of(path, split_lines(text), *place[:2], *(place[2:] or (0, 0))) if text else ""


def check_paths(
    paths, *, root, settings, codes, jobs=None, cache=True, stdin=None, progress=None, texts=None, files=None
):
    """Check files and folders of one project and answer a Result.

    `stdin`: (root-relative path, bytes) of a text that stands for a file. `texts`: {path: text} read
    instead of the disk; `files`: the project's root-relative paths, listed if None. `jobs`: processes.
    """
    texts = dict(texts or {})
    errors = []
    if stdin is not None:
        path, data = stdin
        try:
            texts[path] = decode(data) if path.endswith(PYTHON) else data.decode("utf-8")
        except (SourceError, UnicodeError) as error:
            return Result([broken(path, f"cannot be read: {error}")], [(path, one_line(str(error)))], 1)
    run = Run(root, settings, codes, jobs, cache, texts, files, progress)
    whole = False
    if stdin is not None:
        targets = [] if in_template(stdin[0]) else [stdin[0]]
    else:
        targets = run.targets(paths)
        whole = any(os.path.abspath(path) == os.path.abspath(root) for path in paths)
    for path in targets:
        if path.endswith(PYTHON) and path not in run.project.python:
            run.project.add(path, texts.get(path))
    run.total = len(targets)
    run.checked = frozenset(targets)
    run.check_files(targets)
    run.check_project(targets, whole)
    # of a partial run the project rules say what a file takes part in: their suppressions can be judged in a full one
    judged = run.codes if whole else frozenset(i.code for i in run.infos if i.scope not in ("project",) and not i.facts)
    findings = run.finish(judged)
    if run.cache is not None:
        run.cache.save()
    return Result(findings, errors + run.errors, len(targets), targets, run.project)
