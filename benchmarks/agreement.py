"""Do all doors say the same on real applications? flake8, `preaudit check`, one process and two, cold and warm,
with and without the applications' libraries installed.

Usage: python benchmarks/agreement.py [--with PYTHON] [PROJECT ...]

`--with PYTHON` is the interpreter of another environment in which redis, sqlalchemy and celery are installed
beside preaudit's own requirements. Exit status 1 if any two answers differ; the first differences are printed.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
CORPUS = HOME / "corpus"


def run(python, folder, *command):
    """Answer the AUD lines of file rules that a command prints in a folder, sorted."""
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(HOME / "plugins"), str(HOME / "hooks")]),
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run([python, "-m", *command], cwd=folder, env=env, capture_output=True, text=True, check=False)
    if "Traceback" in done.stderr:
        sys.exit(done.stderr)
    lines = (line.removeprefix("./") for line in done.stdout.splitlines() if " AUD" in line)
    return sorted(place(line) for line in lines if line.split(":", 1)[0].endswith((".py", ".pyi")))


def place(line):
    """Answer `path:line:column CODE message` of a line of either door."""
    where, _, said = line.partition(" AUD")
    path, row, column = where.rstrip(":").split(":")[:3]
    return f"{path}:{row}:{column.split()[0].rstrip(':')} AUD{said.removesuffix(' [*]')}"


def variants(python, other):
    """Answer {name: (interpreter, command)} of what must agree; AUD998 speaks of what ran, so it is left out."""
    sys.path[:0] = [str(HOME / "plugins"), str(HOME / "hooks")]
    from preaudit.core.registry import registry

    codes = ",".join(info.code for info in registry() if info.default and info.code not in ("AUD000", "AUD998"))
    check = ("preaudit_hooks", "check", "--isolated", "--output-format", "concise", "--select", codes)
    found = {
        "check -j1 cold": (python, (*check, "--jobs", "1", "--no-cache")),
        "check -j2 cold": (python, (*check, "--jobs", "2")),
        "check warm": (python, check),
        "flake8 -j1": (python, ("flake8", "--isolated", "-j1", "--select", codes, ".")),
        "flake8 -j2": (python, ("flake8", "--isolated", "-j2", "--select", codes, ".")),
    }
    if other:
        found["check, libraries installed"] = (other, (*check, "--no-cache"))
        found["flake8, libraries installed"] = (other, ("flake8", "--isolated", "--select", codes, "."))
    return found


def main(argv=None):
    """Compare the doors on each project of the corpus and answer the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--with", dest="other", default="")
    parser.add_argument("projects", nargs="*")
    options = parser.parse_args(argv)
    wrong = 0
    for source in sorted(CORPUS.iterdir()):
        if options.projects and not any(name in source.name for name in options.projects):
            continue
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder) / source.name
            shutil.copytree(source, project, ignore=shutil.ignore_patterns(".git", ".preaudit_cache"))
            answers = {
                name: run(*spec[:1], project, *spec[1])
                for name, spec in variants(sys.executable, options.other).items()
            }
        first = next(iter(answers.values()))
        differing = {name: rows for name, rows in answers.items() if rows != first}
        print(
            f"{source.name}: {len(first)} findings, {len(answers) - len(differing)} of {len(answers)} answers agree",
            flush=True,
        )
        for name, rows in differing.items():
            wrong += 1
            for row in sorted(set(first) ^ set(rows))[:8]:
                print(f"    {name}: {'-' if row in first else '+'} {row}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
