"""AUD106 against the real import system: what Python itself says of the imports that the rule judges.

    python benchmarks/real_imports.py [--project lnbits] [--differences 40]

Each application of the corpus is installed with its dependencies into an environment of its own below
.bench/, once. For every import of its own modules the rule is asked, and a process of that environment
imports the module and looks for the name, with a time limit, a home of its own and, where the system
allows it, no network. Where Python and the rule differ, the module is imported once more in a process
that has imported nothing else of the application. All is asked once more with every name misspelt, which
tells how many slips the rule would see. preaudit itself imports nothing of what it reads; this benchmark
runs the code of the applications, which is why nothing else calls it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections import Counter, namedtuple
from pathlib import Path

from precision import PrecisionError, projects

HERE = Path(__file__).resolve().parent
WORK = HERE.parent / ".bench" / "real-imports"
SECONDS = 120
# What an application's own lock file asks for, where the newest release no longer works with it, and extras without
# which most of it cannot be imported.
MORE = {"lnbits": ["bitstring<5"], "dstack": ["dstack[server]"]}

Judged = namedtuple("Judged", "path line module name said guard")
Judged.__doc__ = """One import: `said` is "unresolved", "resolved", or "unknown" where the rule says nothing.

`name` is '' for an import of the module itself; `guard` is what hides the failure of the statement.
"""

# Runs in the environment of the application. "together": all modules are imported in this process, one after the other;
# else the libraries are imported first, and then every module of the application in a child of its own, so that none can
# help or break another.
CHILD = r'''
import contextlib, importlib, json, os, select, signal, sys, time

asked = json.load(sys.stdin)
sys.path[:0] = asked["roots"]
answers = os.fdopen(os.dup(1), "w")
quiet = os.open(os.devnull, os.O_RDWR)
for number in (0, 1, 2):
    os.dup2(quiet, number)
signal.signal(signal.SIGALRM, lambda *_: sys.exit("no answer"))
for name in asked["libraries"]:
    signal.alarm(asked["seconds"])
    with contextlib.suppress(BaseException):
        importlib.import_module(name)
    signal.alarm(0)


def missing(error, module):
    """Answer whether an error says that this very module, or a package around it, is not there."""
    return isinstance(error, ModuleNotFoundError) and (module + ".").startswith(f"{error.name}.")


def look(module, names):
    try:
        found = importlib.import_module(module)
    except BaseException as error:
        said = "module missing" if missing(error, module) else f"fails: {type(error).__name__}: {error}"[:200]
        return dict.fromkeys(names, said)
    answer = {}
    for name in names:
        answer[name] = "there"
        if name in ("", "*") or hasattr(found, name):
            continue
        try:
            importlib.import_module(f"{module}.{name}")
        except BaseException as error:
            gone = missing(error, f"{module}.{name}")
            answer[name] = "name missing" if gone else f"fails: {type(error).__name__}: {error}"[:200]
    return answer


for module, names in asked["modules"]:
    if asked["together"]:
        signal.alarm(asked["seconds"])
        answer = look(module, names)
        signal.alarm(0)
        answers.write(json.dumps([module, answer]) + "\n")
        answers.flush()
        continue
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        with os.fdopen(write, "w") as stream:
            json.dump(look(module, names), stream)
        os._exit(0)
    os.close(write)
    text, end = b"", time.monotonic() + asked["seconds"]
    while True:
        ready, _, _ = select.select([read], [], [], max(0, end - time.monotonic()))
        part = os.read(read, 65536) if ready else b""
        text += part
        if not part:
            break
    os.close(read)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    try:
        answer = json.loads(text)
    except ValueError:
        answer = dict.fromkeys(names, "fails: no answer")
    answers.write(json.dumps([module, answer]) + "\n")
    answers.flush()
'''


def install(name, version, folder):
    """Answer the Python of the application's environment, making it first; PrecisionError if pip fails."""
    python = folder / "venv" / "bin" / "python"
    mark = folder / "installed"
    if not mark.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        command = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--prefer-binary"]
        done = subprocess.run(
            [*command, f"{name}=={version}", *MORE.get(name, ())], capture_output=True, text=True, timeout=3600
        )
        if done.returncode:
            raise PrecisionError(f"{name}: pip cannot install it: {done.stderr.strip()[-300:]}")
        mark.touch()
    return python


def judge(folder, misspelt=""):
    """Answer ([Judged] of all imports of the project's own modules outside tests, source roots, other modules).

    `misspelt` is added to every name that is asked for.
    """
    from preaudit.core.settings import load
    from preaudit_hooks.engine import Run
    from preaudit_hooks.rules.imports.unresolved_project_import import judgments
    from preaudit_hooks.view import ProjectView

    run = Run(str(folder), load(str(folder), isolated=True), {"AUD106"}, 1, False, {}, None, None)
    run.check_files([])
    view = ProjectView(run.project, run.settings, run.facts.of)
    rows = [Judged(*row) for row in judgments(view, misspelt)]
    tops = {row.module.partition(".")[0] for row in rows}
    roots = sorted({str(Path(folder, root)) for top in tops for root in run.project.roots_of(top)})
    libraries = {
        module
        for path, found in view.facts("imports")
        if not view.is_test(path)
        for _, _, _, module, _, when, _, _ in found
        if when == "run" and module and module.partition(".")[0] not in tops
    }
    return rows, roots, sorted(libraries)


def ask(python, folder, rows, roots, libraries):
    """Answer {(module, name): what Python says} of these rows, asked in the application's environment."""
    found = converse(python, folder, rows, roots, ())
    again = {row.module for row, _ in compare(rows, found)[1]}
    again |= {row.module for row in rows if (row.module, row.name) not in found}
    found.update(converse(python, folder, [row for row in rows if row.module in again], roots, libraries, False))
    return found


def converse(python, folder, rows, roots, libraries, together=True):
    """Answer {(module, name): what Python says} of these rows, in one process or in one for each module."""
    modules: dict = {}
    for row in rows:
        modules.setdefault(row.module, set()).add(row.name)
    home = folder / "home"
    home.mkdir(exist_ok=True)
    environment = {
        "PATH": f"{python.parent}:/usr/bin:/bin", "HOME": str(home), "LANG": "C.UTF-8", "PYTHONNOUSERSITE": "1",
        "PYTHONPYCACHEPREFIX": str(folder / "pycache"), "TMPDIR": str(home),
    }  # fmt: skip
    alone = ["unshare", "--map-root-user", "--net"]
    if not shutil.which(alone[0]) or subprocess.run([*alone, "true"], capture_output=True).returncode:
        alone = []
    if not modules:
        return {}
    asked = {
        "roots": roots, "libraries": list(libraries), "seconds": SECONDS, "together": together,
        "modules": sorted([module, sorted(names)] for module, names in modules.items()),
    }  # fmt: skip
    process = subprocess.Popen(
        [*alone, python, "-c", CHILD], cwd=home, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    json.dump(asked, process.stdin)
    process.stdin.close()
    found = {}
    for line in process.stdout:
        module, answer = json.loads(line)
        found.update({(module, name): said for name, said in answer.items()})
    process.wait()
    return found


def compare(rows, found):
    """Answer (Counter of (what the rule said, what Python said), the rows where the two differ)."""
    counts, differences = Counter(), []
    for row in rows:
        real = found.get((row.module, row.name), "fails: not asked")
        kind = "fails otherwise" if real.startswith("fails") else "missing" if real != "there" else "there"
        counts[row.said, kind] += 1
        if (row.said, kind) in (("unresolved", "there"), ("resolved", "missing"), ("unknown", "missing")):
            differences.append((row, real))
    return counts, differences


def main(argv=None):
    """Measure and print; answer 0, or 2 where nothing could be measured."""
    parser = argparse.ArgumentParser(prog="real_imports.py", description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", default=HERE.parent / "corpus", type=Path, help="folder of the corpus")
    parser.add_argument("--project", default="", help="only projects with this in their name")
    parser.add_argument("--differences", type=int, default=20, help="differences to print of each project")
    options = parser.parse_args(argv)
    total: dict = {}
    failures: Counter = Counter()
    try:
        for name, version, folder in projects(options.corpus, options.project):
            home = WORK / folder.name
            try:
                python = install(name, version, home)
            except (PrecisionError, subprocess.SubprocessError) as error:
                print(f"{folder.name}: not measured: {error}")
                continue
            for case, suffix in (("imports", ""), ("misspelt imports", "_misspelt")):
                rows, roots, libraries = judge(folder, suffix)
                found = ask(python, home, rows, roots, libraries)
                counts, differences = compare(rows, found)
                total.setdefault(case, Counter()).update(counts)
                print(f"{folder.name}: {len(rows)} {case} of {len({row.module for row in rows})} modules")
                show(counts)
                for row, real in differences[: options.differences]:
                    what = f"{row.module}.{row.name}" if row.name else row.module
                    shown = f"we say {row.said}, Python says {real}; guard {row.guard or '-'}"
                    print(f"    {row.path}:{row.line}: {what}: {shown}", flush=True)
                if not suffix:
                    fails = (real for real in found.values() if real.startswith("fails"))
                    failures.update(real.partition(":")[2].strip() for real in fails)
    except PrecisionError as error:
        print(f"real_imports: {error}", file=sys.stderr)
        return 2
    for case, counts in total.items():
        print(f"all projects, {case}")
        show(counts)
    for words, count in failures.most_common(options.differences):
        print(f"    {count:5} names of modules that fail otherwise: {words}")
    return 0 if total else 2


def show(counts):
    """Print what the rule said against what Python said."""
    for said in ("resolved", "unresolved", "unknown"):
        cells = ", ".join(f"{real} {counts[said, real]}" for real in ("there", "missing", "fails otherwise"))
        print(f"    {said:10}  {cells}")


if __name__ == "__main__":
    raise SystemExit(main())
