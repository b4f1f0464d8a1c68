"""Verdict files have one form, and the sample to judge is the same for everybody."""

import csv
import importlib.util
import re
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def load():
    spec = importlib.util.spec_from_file_location("precision_under_test", BENCHMARKS / "precision.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


precision = load()


@pytest.mark.parametrize("path", sorted((BENCHMARKS / "precision").glob("*.csv")), ids=lambda path: path.stem)
def test_a_recorded_verdict_file_is_well_formed(path):
    rows = precision.read_verdicts(path)
    places = [(row["project"], row["version"], row["path"], row["line"]) for row in rows]
    assert len(places) == len(set(places)), "one place is judged twice"
    known = {(name, version) for name, version, _ in pins()}
    judged = {(row["project"], row["version"]) for row in rows}
    # Outside the corpus: a public repository, owner/name, at a commit.
    public = {
        pin for pin in judged if re.fullmatch(r"[\w.-]+/[\w.-]+", pin[0]) and re.fullmatch(r"[0-9a-f]{10,40}", pin[1])
    }
    assert judged - public <= known


def pins():
    spec = importlib.util.spec_from_file_location("corpus_of_precision", BENCHMARKS / "corpus.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.read_pins()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("project,path,line,verdict,why\n", "header"),
        ("project,version,path,line,verdict,why\na,1,b.py,3,maybe,x\n", "line 2"),
        ("project,version,path,line,verdict,why\na,1,b.py,3,true,\n", "filled"),
        ("project,version,path,line,verdict,why\na,1,b.py,three,true,x\n", "number"),
        ("project,version,path,line,verdict,why\na,1,b.py,3,true,x,y\n", "filled"),
    ],
)
def test_a_malformed_verdict_file_is_refused(tmp_path, text, said):
    path = tmp_path / "AUD101.csv"
    path.write_text(text)
    with pytest.raises(precision.PrecisionError, match=said):
        precision.read_verdicts(path)


def rows_of(code, count):
    return [(code, "demo", "1.0", f"m{n}.py", n, 1, "text") for n in range(1, count + 1)]


def test_the_sample_is_all_or_forty_and_always_the_same():
    assert precision.sample(rows_of("AUD101", 12)) == sorted(rows_of("AUD101", 12))
    drawn = precision.sample(rows_of("AUD101", 300))
    assert len(drawn) == 40
    assert drawn == precision.sample(list(reversed(rows_of("AUD101", 300))))


def test_recorded_verdicts_are_carried_into_the_new_sample(tmp_path):
    verdicts = tmp_path / "precision"
    verdicts.mkdir()
    (verdicts / "AUD101.csv").write_text(
        "project,version,path,line,verdict,why\ndemo,1.0,m1.py,1,true,it is relative\nother,1.0,m1.py,1,false,no\n"
    )
    counts = precision.write_samples(rows_of("AUD101", 2) + rows_of("AUD102", 50), tmp_path / "out", verdicts)
    assert counts == {"AUD101": (2, 2, 1), "AUD102": (50, 40, 0)}
    with open(tmp_path / "out" / "sample-AUD101.csv", newline="") as stream:
        assert list(csv.reader(stream))[1:] == [
            ["demo", "1.0", "m1.py", "1", "true", "it is relative"],
            ["demo", "1.0", "m2.py", "2", "", ""],
        ]
    assert precision.summarise(verdicts) == [("AUD101", 2, 1)]
