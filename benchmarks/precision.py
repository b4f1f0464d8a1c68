"""What preaudit says about the corpus, and how much of it is right.

    python benchmarks/precision.py [collect] [--select AUD1] [--project lnbits]
    python benchmarks/precision.py show AUD103 [--all]
    python benchmarks/precision.py summary

`collect` writes every finding to .bench/findings.csv and, for each code, forty of them (all, where
there are no more) to .bench/sample-AUDnnn.csv, ready to be judged: the verdicts already recorded are
filled in. `show` prints those findings with the source around them. A judged sample is kept as
benchmarks/precision/AUDnnn.csv; `summary` counts these files.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
VERDICTS = HERE / "precision"
OUT = ROOT / ".bench"
HEADER = ["project", "version", "path", "line", "verdict", "why"]
SAMPLE = 40
RUN = "import sys; from preaudit_hooks.cli import entry; sys.exit(entry())"


class PrecisionError(Exception):
    """The corpus or a verdict file is not as expected; the text says which and why."""


def projects(corpus, only=""):
    """Answer [(name, version, folder)] of what `make corpus` fetched."""
    found = []
    for folder in sorted(Path(corpus).glob("*-*")):
        name, _, version = folder.name.rpartition("-")
        if (folder / ".complete").is_file() and only in name:
            found.append((name, version, folder))
    if not found:
        raise PrecisionError(f"no project in {corpus}; run `make corpus` first")
    return found


def findings_of(folder, select):
    """Answer the findings on one project as the JSON output has them; PrecisionError if it did not run."""
    command = [sys.executable, "-c", RUN, "check", ".", "--output-format", "json", "--exit-zero"]
    command += ["--select", select] if select else []
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=3600)
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise PrecisionError(f"{folder.name}: no JSON:\n{done.stderr.strip()[-2000:]}") from None


def collect(corpus, select="", only=""):
    """Answer all findings as rows (code, project, version, path, line, column, message), sorted."""
    rows = []
    for name, version, folder in projects(corpus, only):
        for item in findings_of(folder, select):
            if item["suppressed"]:
                continue  # its author has spoken
            path = item["path"].removeprefix("./")
            rows.append((item["code"], name, version, path, item["line"], item["column"], item["message"]))
    return sorted(rows)


def sample(rows, size=SAMPLE):
    """Answer the rows to judge of one code: all, or `size` drawn with the code as the seed."""
    rows = sorted(rows)
    if len(rows) <= size:
        return rows
    return sorted(random.Random(rows[0][0]).sample(rows, size))


def read_verdicts(path):
    """Answer the rows of a verdict file as dictionaries; PrecisionError says what is wrong with it."""
    with open(path, newline="", encoding="utf-8") as stream:
        reader = csv.DictReader(stream)
        if reader.fieldnames != HEADER:
            raise PrecisionError(f"{path.name}: the header must be {','.join(HEADER)}")
        rows = list(reader)
    for number, row in enumerate(rows, 2):
        if row["verdict"] not in ("true", "false"):
            raise PrecisionError(f"{path.name}, line {number}: the verdict must be true or false")
        if not row["line"].isdigit() or None in row or not all(row[name] for name in HEADER):
            raise PrecisionError(f"{path.name}, line {number}: every field must be filled, the line a number")
    return rows


def write_samples(rows, out=OUT, verdicts=VERDICTS):
    """Write findings.csv and a sample per code into `out`; answer {code: (all, sampled, judged)}."""
    out.mkdir(exist_ok=True)
    with open(out / "findings.csv", "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["code", "project", "version", "path", "line", "column", "message"])
        writer.writerows(rows)
    counts = {}
    for code in sorted({row[0] for row in rows}):
        mine = [row for row in rows if row[0] == code]
        drawn = sample(mine)
        path = verdicts / f"{code}.csv"
        known = {}
        if path.is_file():
            known = {(v["project"], v["version"], v["path"], int(v["line"])): v for v in read_verdicts(path)}
        judged = 0
        with open(out / f"sample-{code}.csv", "w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(HEADER)
            for _, project, version, where, line, _, _ in drawn:
                verdict = known.get((project, version, where, line), {"verdict": "", "why": ""})
                judged += bool(verdict["verdict"])
                writer.writerow([project, version, where, line, verdict["verdict"], verdict["why"]])
        counts[code] = (len(mine), len(drawn), judged)
    return counts


def summarise(folder=VERDICTS):
    """Answer [(code, judged, true)] of the verdict files, by code."""
    result = []
    for path in sorted(Path(folder).glob("*.csv")):
        rows = read_verdicts(path)
        result.append((path.stem, len(rows), sum(row["verdict"] == "true" for row in rows)))
    return result


def show(corpus, code, everything=False, context=6):
    """Print the findings of one code from findings.csv with the source around them."""
    path = OUT / "findings.csv"
    if not path.is_file():
        raise PrecisionError("no findings yet; run `make precision` first")
    with open(path, newline="", encoding="utf-8") as stream:
        rows = [tuple(row) for row in csv.reader(stream) if row[0] == code]
    rows = sorted((*row[:4], int(row[4]), int(row[5]), row[6]) for row in rows)
    for _, project, version, where, line, _, message in rows if everything else sample(rows):
        print(f"\n=== {project},{version},{where},{line}\n    {message}")
        source = (Path(corpus) / f"{project}-{version}" / where).read_bytes().decode("utf-8", "replace").splitlines()
        for number in range(max(1, line - context), min(len(source), line + context) + 1):
            print(f"{'>' if number == line else ' '}{number:5} {source[number - 1][:160]}")


def main(argv=None):
    """Collect, show or summarise; answer the exit status."""
    parser = argparse.ArgumentParser(prog="precision.py", description=__doc__.splitlines()[0])
    parser.add_argument("action", nargs="?", default="collect", choices=("collect", "show", "summary"))
    parser.add_argument("code", nargs="?", default="", help="the code to show")
    parser.add_argument("--corpus", default=ROOT / "corpus")
    parser.add_argument("--select", default="", help="as in preaudit check (default: the default codes)")
    parser.add_argument("--project", default="", help="only projects whose name holds this")
    parser.add_argument("--all", action="store_true", help="show every finding, not the sample")
    parser.add_argument("--context", type=int, default=6, help="lines of source around a finding")
    options = parser.parse_args(argv)
    try:
        if options.action == "summary":
            for code, judged, true in summarise():
                share = f"{100 * true / judged:5.1f} %" if judged else "  no finding"
                print(f"{code}  {true:4} of {judged:4} true  {share}")
        elif options.action == "show":
            show(options.corpus, options.code, options.all, options.context)
        else:
            counts = write_samples(collect(options.corpus, options.select, options.project))
            print("code    findings  sample  judged")
            for code, (found, drawn, judged) in counts.items():
                print(f"{code}  {found:8}  {drawn:6}  {judged:6}")
            print(f"written to {OUT.name}/: findings.csv and sample-CODE.csv")
    except PrecisionError as error:
        print(f"precision: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
