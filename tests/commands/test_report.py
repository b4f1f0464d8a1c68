"""`preaudit report`: Markdown, HTML and JSON, the tracker, the trend, the step summary."""

import json
import re
from html.parser import HTMLParser

import pytest
from preaudit_hooks.commands.audit_html import scale
from preaudit_hooks.commands.audit_markdown import code, escaped


@pytest.fixture
def repository(project, git, bad):
    filler = "y = 1\n" * 20
    (project / "a.py").write_text("bad(1)\nbad(2)\n" + filler)
    git("add", "-A")
    git("commit", "-qm", "one")
    git("tag", "v1")
    (project / "a.py").write_text("bad(1)\nbad(2)\nbad(3)\n" + filler)
    git("commit", "-qam", "two")
    (project / "a.py").write_text("x = 1\nbad(2)\nbad(3)\n" + filler)
    git("mv", "a.py", "b.py")
    git("add", "-A")
    return project


def test_markdown_has_counts_impact_fix_and_places(repository, run):
    status, out, err = run("report")
    assert (status, err) == (0, "")
    assert out.startswith("# Audit report: project\n")
    assert "| low | 2 |" in out and "| **all** | **2** |" in out
    assert "#### AUD998 unused-suppression (low, 2 places)" in out
    assert "**Impact.** A suppression that outlives" in out and "**Fix.** Delete the comment" in out
    assert "| `b.py:2` | wrong; write right |  |" in out
    assert "Tracker" not in out and "Trend" not in out


def test_the_tracker_knows_fixed_open_and_new_over_a_rename(repository, run):
    out = run("report", "--since", "v1")[1]
    assert "since v1: 1 fixed, 1 open, 1 new" in out
    assert "- [x] AUD998 `a.py:1` wrong; write right" in out and "- [ ] AUD998 `b.py:3`" in out
    assert "| `b.py:2` | wrong; write right | open |" in out
    tracker = json.loads(run("report", "--since", "v1", "--format", "json")[1])["tracker"]
    assert (len(tracker["fixed"]), tracker["open"], tracker["new"]) == (1, 1, 1)


def test_the_trend_comes_from_history(repository, run):
    report = json.loads(run("report", "--format=json", "--history", "10")[1])
    assert [sum(point["summary"].values()) for point in report["history"]] == [2, 3, 2]
    report = json.loads(run("report", "--format=json", "--history", "10", "--since", "HEAD")[1])
    assert [sum(point["summary"].values()) for point in report["history"]] == [3, 2]
    assert "| now | 0 | 0 | 0 | 2 | 2 |" in run("report", "--history", "10")[1]


def test_a_long_history_is_sampled_evenly(repository, run, git):
    for number in range(12):
        git("commit", "-q", "--allow-empty", "-m", str(number))
    report = json.loads(run("report", "--format=json", "--history", "4")[1])
    assert len(report["history"]) == 5 and len({point["commit"] for point in report["history"]}) == 5


class Checker(HTMLParser):
    """Sees that elements close, and what would be loaded."""

    VOID = {"meta", "br", "line", "rect", "polygon"}

    def __init__(self):
        super().__init__()
        self.open, self.loaded, self.text = [], [], []

    def handle_starttag(self, tag, attributes):
        if tag in ("script", "link", "img", "iframe") or any(name in ("src", "onload") for name, _ in attributes):
            self.loaded.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def checked(document):
    checker = Checker()
    checker.feed(document)
    assert checker.open == [] and checker.loaded == []
    assert "http://" not in document and "https://" not in document
    return " ".join(checker.text)


def test_html_is_whole_and_loads_nothing(repository, run):
    status, out, err = run("report", "--since", "v1", "--output", "audit.html")
    assert (status, out) == (0, "") and "audit.html: 2 findings" in err
    document = (repository / "audit.html").read_text()
    text = checked(document)
    assert "AUD998" in text and "1 fixed, 1 open, 1 new." in text
    assert document.count("<polygon") == 4 and 'aria-label="Findings over 3 revisions, from 2 to 2"' in document


HOSTILE = ["<script>alert(1)</script>", "a|b`c``d", "x\x1b[31m\ny", "</td></table>", "![x](http://x)", '"onload="x']


def test_hostile_names_and_messages_stay_text(project, engine, run, finding):
    engine.findings = [finding(path=f"{name.replace('/', '')}.py", message=name) for name in HOSTILE]
    document = run("report", "--format", "html", "--history", "0")[1]
    checker = Checker()
    checker.feed(document)
    assert checker.open == [] and checker.loaded == [] and "\x1b" not in document
    out = run("report")[1]
    rows = [line for line in out.splitlines() if line.startswith("| ") and "py:1" in line]
    assert len(rows) == len(HOSTILE) and "\x1b" not in out
    for row in rows:
        bare = re.sub(r"\\.|(`+).*?\1", "", row)
        assert bare.count("|") == 4 and "<" not in bare and "[" not in bare
    json.loads(run("report", "--format", "json")[1])


def test_what_is_accepted_suppressed_or_unread_is_said(project, bad, run):
    (project / "a.py").write_text("bad(1)\nbad(2)  # noqa\n")
    run("baseline")
    bad.errors = [("c.py", "no permission")]
    status, out, err = run("report")
    assert status == 2 and "c.py: no permission" in err
    assert "| `a.py:1` | wrong; write right | accepted |" in out
    assert "## Suppressed" in out and "| `a.py:2` | AUD998 |" in out
    assert "- `c.py`: no permission" in out


def test_the_step_summary_is_appended_and_kept_small(project, bad, run, monkeypatch, tmp_path):
    assert run("report", "--step-summary")[0] == 2
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    (project / "a.py").write_text("bad(1)\n" * 30)
    assert run("report", "--step-summary")[0] == 0
    assert summary.read_text().startswith("before\n# Audit report") and summary.read_text().count("a.py:") == 30
    monkeypatch.setattr("preaudit_hooks.commands.report.STEP_LIMIT", 1_500)
    summary.write_text("")
    run("report", "--step-summary")
    assert "more" in summary.read_text() and len(summary.read_bytes()) < 1_500


def test_without_history_there_is_a_report_all_the_same(project, bad, run):
    status, out, err = run("report", "--format", "html")
    assert status == 0 and "no trend: this is no git repository" in err and "<svg" not in out
    assert run("report", "--since", "v1")[0] == 2


def test_a_clean_project(project, engine, run):
    status, out, _ = run("report")
    assert status == 0 and "0 findings in 3 files" in out and "None." in out
    checked(run("report", "--format", "html", "--history", "0")[1])


SCALES = [(0, 4), (4, 4), (5, 8), (11, 12), (20, 20), (21, 40), (199, 200), (1201, 2000)]


@pytest.mark.parametrize(("value", "end"), SCALES)
def test_scale(value, end):
    assert scale(value) == end


def test_markdown_escapes():
    assert escaped("a_b|<c>`") == r"a\_b\|\<c\>\`"
    assert code("a`b|") == r"``a`b\|``" and code("`a") == "`` `a ``"


@pytest.mark.parametrize("argument", ["1", "-3", "x", "201"])
def test_history_is_checked(project, engine, run, argument):
    assert run("report", f"--history={argument}")[0] == 2
