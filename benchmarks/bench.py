"""Whole-process times of preaudit and of its peers, in one run, in turns.

    python benchmarks/bench.py --peers .venv-bench/bin [--large] [--rounds 5] [--json out.json]

Every command is started anew, A B A B ...; shown are medians of the wall time, the processor time
of all its processes, and the highest memory of one of them. A ratio compares two medians of this
run, so it means the same on a slow machine. The bars are those of docs/design.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import namedtuple
from pathlib import Path

from tree import write_tree

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parent / "corpus"
OURS = "preaudit"

Run = namedtuple("Run", "seconds cpu megabytes status")
Run.__doc__ = "One run of a command: wall and processor seconds, peak memory of one process, exit status."

Row = namedtuple("Row", "case contender seconds cpu megabytes rival ratio bar")
Row.__doc__ = "A line of the table; ratio is seconds over the rival's, bar the highest ratio wanted (0: none)."


# Builds the import graph of a tree from the facts that its cache holds, and prints how many modules it has and the seconds.
GRAPH = """
import sys, time
from preaudit.core.settings import Settings
from preaudit_hooks.engine import Run
from preaudit_hooks.import_graph import graph_of
from preaudit_hooks.view import ProjectView
started = time.perf_counter()
run = Run(sys.argv[1], Settings(root=sys.argv[1]), {"AUD103"}, 1, True, {}, None, None)
run.check_files([])
graph = graph_of(ProjectView(run.project, run.settings, run.facts.of))
graph.components()
print(len(graph.edges), time.perf_counter() - started)
"""


class BenchError(Exception):
    """A command did not do its work, so its time means nothing; the text says which."""


class Contender:
    """A command, what is done before each of its runs, and the exit statuses that mean it worked."""

    def __init__(self, name, command, cwd, prepare=None, statuses=(0, 1)):
        """Hold the command; `prepare` is called, untimed, before every run."""
        self.name, self.command, self.cwd, self.prepare, self.statuses = name, command, cwd, prepare, statuses
        self.runs = []

    def run(self, environment):
        """Start the command once and keep what it took; BenchError if it failed."""
        if self.prepare:
            self.prepare()
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in self.command],
            cwd=self.cwd, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        with process.stderr:
            told = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
        if process.returncode not in self.statuses:
            words = told.decode("utf-8", "replace").strip()[-800:]
            raise BenchError(f"{self.name} exited with {process.returncode}: {words}")
        self.runs.append(Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode))

    def median(self, field):
        """Answer the median of one field over all runs."""
        return statistics.median(getattr(run, field) for run in self.runs)


def measure(case, contenders, environment, rounds, bars):
    """Run all contenders in turns; answer the rows. `bars`: {rival: highest ratio of the first contender}."""
    for _ in range(rounds):
        for contender in contenders:
            contender.run(environment)
    first = contenders[0]
    rows = [Row(case, first.name, first.median("seconds"), first.median("cpu"), first.median("megabytes"), "", 0, 0)]
    for rival in contenders[1:]:
        ratio = first.median("seconds") / rival.median("seconds")
        rows.append(
            Row(
                case,
                rival.name,
                rival.median("seconds"),
                rival.median("cpu"),
                rival.median("megabytes"),
                first.name,
                ratio,
                bars.get(rival.name, 0),
            )  # fmt: skip
        )
    return rows


def _with_line(text, turn):
    """Answer the text of a module with one more line in its first function that returns something."""
    start = text.index("\n    return ")
    return f'{text[:start]}\n    logger.info("turn {turn}"){text[start:]}'


def _with_function(text, turn):
    """Answer the text of a module with one more function."""
    return f'{text}\n\ndef turn_{turn}(value: int) -> int:\n    """Answer one more."""\n    return value + {turn}\n'


def _with_import(text, turn):
    """Answer the text of a module with one more import of a library."""
    module = ("json", "math", "shutil", "string", "textwrap", "uuid", "csv", "copy")[turn % 8]
    return text.replace("import asyncio\n", f"import asyncio\nimport {module}\n", 1)


class Bench:
    """The commands of one machine: our own, and the peers in an environment without preaudit."""

    def __init__(self, peers, work, rounds):
        """`peers` is the folder with the programs flake8, ruff and bandit; `work` one for trees and caches."""
        self.peers, self.work, self.rounds = Path(peers).absolute(), Path(work), rounds
        self.cache = self.work / "cache"
        self.environment = {**os.environ, "XDG_CACHE_HOME": str(self.cache), "NO_COLOR": "1"}
        # The peers were compiled when pip installed them; our own checkout is compiled by its first run.
        self.environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self.ours = Path(sys.executable).absolute().with_name("preaudit")
        for program in (self.ours, *(self.peers / name for name in ("flake8", "ruff", "bandit"))):
            if not program.exists():
                raise BenchError(f"{program} is not there; run `make bench`")

    def forget(self, tree):
        """Answer a function that removes every cache for a tree."""

        def remove():
            shutil.rmtree(self.cache, ignore_errors=True)
            for folder in (".preaudit_cache", ".ruff_cache"):
                shutil.rmtree(tree / folder, ignore_errors=True)

        return remove

    def check(self, tree, paths=(".",), prepare=None, name=OURS):
        """Answer the contender that is preaudit on these paths."""
        return Contender(name, [self.ours, "check", *paths], tree, prepare)

    def cold(self, tree):
        """Answer the contender that is preaudit on a whole tree without a cache.

        A cold run leaves its cache in the tree. One that keeps it elsewhere would find it there in its second run,
        which would then be warm and no measurement.
        """
        forget = self.forget(tree)
        contender = self.check(tree)

        def prepare():
            if contender.runs and not list((tree / ".preaudit_cache").glob("*.db")):
                raise BenchError(f"preaudit keeps the cache of {tree} elsewhere, so its runs are not cold")
            forget()

        contender.prepare = prepare
        return contender

    def flake8(self, tree, paths=(".",)):
        """Answer flake8 core: no configuration, no plugin but its own two."""
        return Contender("flake8", [self.peers / "flake8", "--isolated", *paths], tree)

    def ruff(self, tree, paths=(".",)):
        """Answer ruff with its default rules and no cache."""
        return Contender("ruff", [self.peers / "ruff", "check", "--isolated", "--no-cache", *paths], tree)

    def bandit(self, tree, paths=(".",)):
        """Answer bandit with its default rules."""
        return Contender("bandit", [self.peers / "bandit", "-q", "-r", *paths], tree)

    def python(self, tree):
        """Answer the least that a Python program can take."""
        return Contender("python -c pass", [sys.executable, "-c", "pass"], tree)

    def parse(self, tree):
        """Answer a program that parses every Python file of the tree and does nothing else."""
        code = "import ast,pathlib\nfor p in pathlib.Path('.').rglob('*.py'): ast.parse(p.read_bytes())"
        return Contender("ast.parse", [sys.executable, "-c", code], tree)

    def tree(self, files, lines):
        """Answer the folder of a generated project under git, and its number of lines."""
        folder = self.work / f"tree-{files}"
        written = write_tree(folder, files, lines)
        git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@example.com", "-c", "core.autocrlf=false"]
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "--allow-empty", "-m", "tree"]):
            subprocess.run([*git, *command], cwd=folder, check=True, capture_output=True)
        return folder, sum(count for _, count in written)

    def one_file(self):
        """Measure one file of a warm project of 200 files: as it was, and just changed in the ways that people do."""
        tree, _ = self.tree(200, 250)
        path = "generated/part007/m00107.py"
        text = (tree / path).read_text(encoding="utf-8")
        check = self.check(tree, [path])

        def changed(change):
            """Answer what comes before each run: the file as it was is known to the cache, then it is changed anew."""
            turn = iter(range(1_000_000))

            def prepare():
                (tree / path).write_text(text, encoding="utf-8")
                check.run(self.environment)
                (tree / path).write_text(change(text, next(turn)), encoding="utf-8")

            return prepare

        self.forget(tree)()
        self.check(tree).run(self.environment)
        bars = {"flake8": 1.0, "python -c pass": 6.0}
        cases = {
            "one file, unchanged": None,
            "one file, a line in a function": changed(_with_line),
            "one file, one more function": changed(_with_function),
            "one file, one more import": changed(_with_import),
        }
        for case, prepare in cases.items():
            group = [self.check(tree, [path], prepare), self.flake8(tree, [path])]
            if prepare is None:
                group += [self.ruff(tree, [path]), self.bandit(tree, [path]), self.python(tree)]
            yield from measure(case, group, self.environment, max(self.rounds, 7), bars)

    def whole_tree(self):
        """Measure 50,000 lines, cold and warm."""
        tree, lines = self.tree(200, 250)
        cold = self.cold(tree)
        group = [cold, self.flake8(tree), self.ruff(tree), self.bandit(tree), self.parse(tree)]
        yield from measure(
            f"{lines:,} lines, cold", group, self.environment, self.rounds, {"flake8": 0.5, "ast.parse": 3.0}
        )
        self.check(tree).run(self.environment)
        warm = self.check(tree)
        yield from measure(f"{lines:,} lines, warm", [warm, self.ruff(tree)], self.environment, self.rounds, {})
        ratio = warm.median("seconds") / cold.median("seconds")
        yield Row(f"{lines:,} lines, warm", "cold", cold.median("seconds"), 0, 0, OURS, ratio, 0.1)

    def graph(self):
        """Measure the import graph of 1,000 modules from a warm cache: alone, and in the check of one changed import."""
        tree, _ = self.tree(1000, 60)
        self.check(tree, prepare=self.forget(tree)).run(self.environment)
        alone = Contender("graph alone", [sys.executable, "-c", GRAPH, tree], tree)
        path = tree / "generated" / "part007" / "m00107.py"
        text = path.read_text(encoding="utf-8")
        turn = iter(range(1_000_000))

        def change():
            path.write_text(f"{text}\n\nimport generated.part{next(turn) % 10:03}\n", encoding="utf-8")

        one = self.check(tree, ["--select", "AUD103", path.relative_to(tree).as_posix()], change)
        for _ in range(self.rounds):
            alone.run(self.environment)
            one.run(self.environment)
        told = subprocess.run(alone.command, cwd=tree, env=self.environment, capture_output=True, text=True, check=True)
        count, seconds = told.stdout.split()
        for case, took in (
            ("graph in the process", [Run(float(seconds), 0, 0, 0)]),
            ("graph, whole process", alone.runs),
            ("AUD103, one import changed", one.runs),
        ):
            seconds, cpu, peak = (statistics.median(getattr(run, name) for run in took) for name in Run._fields[:3])
            yield Row(f"{case}, {count} modules", OURS, seconds, cpu, peak, "one second", seconds, 1.0)

    def corpus(self, names):
        """Measure projects of the corpus, cold; nothing where there is no corpus."""
        for folder in sorted(CORPUS.glob("*-*")):
            if not any(folder.name.startswith(name) for name in names):
                continue
            group = [self.cold(folder), self.flake8(folder), self.ruff(folder)]
            group.append(self.bandit(folder))
            yield from measure(f"{folder.name}, cold", group, self.environment, min(self.rounds, 3), {"flake8": 0.5})

    def large(self):
        """Measure 125,000 to 1,000,000 lines, cold: seconds per line against the smallest, and memory."""
        base = None
        for files in (500, 1000, 2000, 4000):
            tree, lines = self.tree(files, 250)
            contender = self.cold(tree)
            contender.run(self.environment)
            each = contender.median("seconds") / lines
            base = base or each
            yield Row(
                f"{lines:,} lines, cold", OURS, contender.median("seconds"), contender.median("cpu"),
                contender.median("megabytes"), "seconds a line, against the smallest", each / base, 1.5,
            )  # fmt: skip
            shutil.rmtree(tree)


def render(row):
    """Answer a row as a line of the table."""
    verdict = ""
    if row.bar:
        verdict = f"bar {row.bar:g} x: {'MET' if row.ratio <= row.bar else 'MISSED'}"
    against = f"{row.ratio:7.2f} x {row.rival} / {row.contender}" if row.ratio and row.rival == OURS else ""
    if row.ratio and row.rival and row.rival != OURS:
        against = f"{row.ratio:7.2f} x {row.rival}"
    cells = f"{row.case:32} {row.contender:16} {row.seconds:8.3f} s {row.cpu:8.3f} s cpu {row.megabytes:7.0f} MB"
    return f"{cells}  {against:38} {verdict}".rstrip()


def main(argv=None):
    """Measure and print; answer 0, or 2 with a message where a command did not do its work."""
    parser = argparse.ArgumentParser(prog="bench.py", description=__doc__.splitlines()[0])
    parser.add_argument("--peers", required=True, help="folder with flake8, ruff and bandit, without preaudit")
    parser.add_argument("--large", action="store_true", help="125,000 to 1,000,000 lines instead")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each command (default: 5)")
    parser.add_argument("--corpus", default="lnbits,conda", help="projects of the corpus to measure, or '' for none")
    parser.add_argument("--only", default="", help="case to measure: one, tree, graph or corpus (default: all)")
    parser.add_argument("--json", default="", help="also write the rows to this file")
    options = parser.parse_args(argv)
    rows = []
    try:
        with tempfile.TemporaryDirectory(prefix="preaudit-bench-") as work:
            bench = Bench(options.peers, work, options.rounds)
            cases = {"one": bench.one_file, "tree": bench.whole_tree, "graph": bench.graph}
            names = [name for name in options.corpus.split(",") if name]
            cases["corpus"] = lambda: bench.corpus(names)
            if options.large:
                cases = {"large": bench.large}
            for name, case in cases.items():
                if options.only and name != options.only:
                    continue
                for row in case():
                    rows.append(row)
                    print(render(row), flush=True)
    except (BenchError, OSError, subprocess.SubprocessError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    if options.json:
        Path(options.json).write_text(json.dumps([row._asdict() for row in rows], indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
