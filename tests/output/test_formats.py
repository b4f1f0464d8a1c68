"""Every format: what it must hold, and that no file name and no message breaks it."""

import io
import json
import os
import re
import xml.etree.ElementTree as ElementTree
from urllib.parse import unquote_to_bytes, urlsplit

import output_samples as samples
import pytest
from preaudit_hooks.output import FORMATS, load
from preaudit_hooks.output.context import printable

TEXT_FORMATS = ("concise", "full", "grouped", "github")


def written(name, findings, context):
    stream = io.StringIO()
    load(name).write(iter(findings), context, stream)
    return stream.getvalue()


@pytest.fixture
def context(tmp_path):
    return samples.project(tmp_path)


def test_every_format_is_a_module_and_no_module_is_left_out():
    folder = os.path.dirname(load("json").__file__)
    helpers = {"__init__", "context", "terminal", "xml"}
    modules = {entry[:-3].replace("_", "-") for entry in os.listdir(folder) if entry.endswith(".py")} - {"--init--"}
    assert modules - helpers == set(FORMATS)
    with pytest.raises(KeyError):
        load("os")


@pytest.mark.parametrize("name", FORMATS)
def test_text_is_written_that_any_stream_takes(name, context):
    for findings in ([], samples.usual(), samples.hostile()):
        text = written(name, findings, context)
        text.encode("utf-8")
        assert text == "" or text.endswith("\n")


@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_hostile_names_neither_break_lines_nor_reach_the_terminal(name, context):
    text = written(name, samples.hostile(), context)
    for line in text.split("\n"):
        assert line.isprintable(), line
        assert not line.startswith("##")
        if name != "github":
            assert not line.startswith("::")
    if name in ("concise", "github"):
        assert text.count("\n") == len(samples.hostile())


def test_concise_is_the_form_of_flake8(context):
    lines = written("concise", samples.usual(), context).splitlines()
    assert lines[0] == "app/cache.py:2:9: AUD201 x opens a pool; pass connection_pool="
    assert len(lines) == 4, "suppressed and baselined findings are not shown"


def test_paths_are_relative_to_the_working_directory(tmp_path):
    context = samples.project(tmp_path, base=str(tmp_path / "app"))
    lines = written("concise", samples.usual(), context).splitlines()
    assert lines[0].startswith("cache.py:2:9:")
    assert lines[3].startswith("../compose.yaml:3:5:")
    assert json.loads(written("json", samples.usual(), context))[0]["path"] == "cache.py"


def test_full_shows_source_caret_related_place_advice_and_fix(context):
    text = written("full", samples.usual(), context)
    assert text.split("\n\n")[0].split("\n") == [
        "app/cache.py:2:9: AUD201 x opens a pool [unpooled-redis, medium]",
        "   |",
        ' 2 | cache = redis.Redis(host="héé")',
        "   |         ^^^^^^^",
        "   = instead: pass connection_pool=",
        "   = related: compose.yaml:3:5: the volume",
        "     | volumes: [a]",
        "   = fix: Take the shared pool (--fix applies it)",
    ]
    assert (
        "4 findings in 2 files (1 critical, 2 medium, 1 low); 1 fixable with --fix; 1 suppressed; 1 in the base" in text
    )


CARETS = [
    # source line, column, end column, room, shown line, caret line
    ("x = redis()", 5, 12, 80, "x = redis()", "    ^^^^^^^"),
    ("\tx = 1", 2, 3, 80, "    x = 1", "    ^"),
    ("a\tb\tc", 3, 4, 80, "a    b    c", "     ^"),
    ("日本 = f()", 6, 9, 80, "日本 = f()", "       ^^^"),
    ("e\u0301 = f()", 6, 9, 80, "e\u0301 = f()", "    ^^^"),
    ("x = 1", 6, 6, 80, "x = 1", "     ^"),
    ("x = 1", 99, 120, 80, "x = 1", "     ^"),
    ("\x1b[31m = 1", 1, 2, 80, "?[31m = 1", "^"),
    ("a" * 50 + "BAD" + "c" * 50, 51, 54, 30, "..." + "a" * 7 + "BAD" + "c" * 14 + "...", " " * 10 + "^^^"),
]


@pytest.mark.parametrize(("source", "column", "end", "room", "line", "caret"), CARETS)
def test_the_caret_stands_below_the_place(source, column, end, room, line, caret):
    assert load("full").marked(source, column, end, room) == (line, caret)


def test_full_without_source_has_no_frame(context):
    text = written("full", [samples.finding(path="gone.py")], context)
    assert "|" not in text and "gone.py:2:9" in text


def test_grouped_names_each_file_once(context):
    text = written("grouped", samples.usual(), context)
    assert text.startswith("app/cache.py\n   2:9  AUD201 medium    x opens")
    assert text.count("app/cache.py") == 1


def test_colours_only_when_asked(tmp_path):
    for name in ("concise", "full", "grouped"):
        assert "\x1b" not in written(name, samples.usual(), samples.project(tmp_path))
        colored = written(name, samples.usual(), samples.project(tmp_path, color=True))
        assert "\x1b[33mAUD201\x1b[0m" in colored
        plain = re.sub(r"\x1b\[[\d;]*m", "", colored)
        assert plain == written(name, samples.usual(), samples.project(tmp_path))


def test_statistics_count_by_code(tmp_path):
    context = samples.project(tmp_path, statistics=True)
    assert written("concise", samples.usual(), context).splitlines()[4:] == [
        "2  AUD201  unpooled-redis [fixable]",
        "1  AUD001  unpooled-redis",
        "1  AUD901  unpooled-redis",
    ]


KEYS = [
    "code",
    "name",
    "severity",
    "path",
    "line",
    "column",
    "end_line",
    "end_column",
    "message",
    "fix",
    "related",
    "fingerprint",
    "suppressed",
    "baselined",
]


def test_json_holds_all_findings_with_all_keys(context):
    rows = json.loads(written("json", samples.usual(), context))
    assert [list(row) for row in rows] == [KEYS] * 6
    first = rows[0]
    assert (first["code"], first["line"], first["column"], first["end_column"]) == ("AUD201", 2, 9, 16)
    assert first["fix"]["edits"][0] == {"line": 2, "column": 9, "end_line": 2, "end_column": 20, "text": "pool"}
    assert first["related"] == [{"path": "compose.yaml", "line": 3, "column": 5, "message": "the volume"}]
    assert [row["suppressed"] for row in rows] == [False, False, False, True, False, False]
    assert [row["baselined"] for row in rows] == [False, False, False, False, True, False]
    assert json.loads(written("json", [], context)) == []


def test_json_lines_are_the_same_objects(context):
    lines = written("json-lines", samples.hostile(), context).splitlines()
    assert [json.loads(line) for line in lines] == json.loads(written("json", samples.hostile(), context))


def test_github_commands(context):
    lines = written("github", samples.usual(), context).splitlines()
    assert lines[1] == (
        "::warning file=app/cache.py,line=2,endLine=2,col=9,endColumn=15,title=AUD201 unpooled-redis"
        "::x opens a pool; pass connection_pool="
    )
    assert [line.split()[0] for line in lines] == ["::error", "::warning", "::warning", "::notice"], "the worst first"
    hostile = written("github", [samples.finding(path="per%cent:co,lon.py", message="100% a, b: c")], context)
    assert "file=per%25cent%3Aco%2Clon.py," in hostile and hostile.endswith("::100%25 a, b: c\n")
    several = written("github", [samples.finding(end_line=4, end_column=2)], context)
    assert "endLine=4" in several and "endColumn" not in several


def test_repository_paths_where_the_project_is_a_part_of_it(tmp_path):
    (tmp_path / "service").mkdir()
    context = samples.project(tmp_path / "service", repository=str(tmp_path), base="/")
    assert "file=service/app/cache.py," in written("github", samples.usual(), context)
    assert '"path": "service/app/cache.py"' in written("gitlab", samples.usual(), context)
    assert '"uri": "service/app/cache.py"' in written("sarif", samples.usual(), context)


def test_gitlab_fingerprints_differ(context):
    same = [samples.finding(key="k"), samples.finding(key="k")]
    for findings in (samples.usual(), samples.hostile(), same):
        rows = json.loads(written("gitlab", findings, context))
        prints = [row["fingerprint"] for row in rows]
        assert len(set(prints)) == len(prints) == len([f for f in findings if not f.suppressed and not f.baselined])
        for row in rows:
            assert row["severity"] in ("info", "minor", "major", "critical", "blocker")
            assert row["location"]["lines"]["begin"] >= 1 and row["description"] and row["check_name"]


def test_checkstyle(context):
    tree = ElementTree.fromstring(written("checkstyle", samples.usual(), context))
    assert [file.get("name") for file in tree] == ["app/cache.py", "compose.yaml"]
    first = tree[0][0]
    assert (first.get("line"), first.get("column"), first.get("severity")) == ("2", "9", "warning")
    assert first.get("source") == "preaudit.AUD201"
    hostile = ElementTree.fromstring(written("checkstyle", samples.hostile(), context))
    assert "a\nb.py" in [file.get("name") for file in hostile]


def test_junit(context):
    tree = ElementTree.fromstring(written("junit", samples.usual(), context))
    assert (tree.get("tests"), tree.get("failures")) == ("4", "4")
    assert tree[0][0].find("failure").get("message") == "x opens a pool; pass connection_pool="
    ElementTree.fromstring(written("junit", samples.hostile(), context))
    clean = ElementTree.fromstring(written("junit", [], context))
    assert len(clean.findall(".//testcase")) == 1 and clean.find(".//failure") is None
    context.errors = [("a.py", "cannot be read")]
    broken = ElementTree.fromstring(written("junit", [], context))
    assert broken.find(".//error").get("message") == "cannot be read" and broken.get("errors") == "1"


def test_rdjson_counts_columns_in_bytes(context):
    document = json.loads(written("rdjson", samples.usual(), context))
    assert document["source"] == {"name": "preaudit"}
    first, second = document["diagnostics"][:2]
    assert first["location"]["range"]["start"] == {"line": 2, "column": 9}
    assert second["location"]["range"] == {"start": {"line": 2, "column": 22}, "end": {"line": 2, "column": 30}}
    assert first["suggestions"][1]["text"] == "" and first["related_locations"][0]["message"] == "the volume"
    assert {row["severity"] for row in document["diagnostics"]} <= {"ERROR", "WARNING", "INFO"}


def sarif_documents(tmp_path):
    errors = [("b\udcff\n.py", "cannot be read:\nno")]
    yield samples.usual(), samples.project(tmp_path, errors=errors)
    yield samples.hostile(), samples.project(tmp_path)
    yield [], samples.project(tmp_path, rules={})


def test_sarif_has_what_github_asks_for(tmp_path):
    for findings, context in sarif_documents(tmp_path):
        run = json.loads(written("sarif", findings, context))["runs"][0]
        rules = run["tool"]["driver"]["rules"]
        assert len({rule["id"] for rule in rules}) == len(rules)
        for rule in rules:
            for text in (rule["shortDescription"]["text"], rule["fullDescription"]["text"]):
                assert 0 < len(text) <= 1024
            assert rule["help"]["text"] and rule["help"]["markdown"] and 0 < len(rule["properties"]["tags"]) <= 20
        assert len(run["results"]) == len(findings)
        for result in run["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            assert result["message"]["text"] and result["level"] in ("error", "warning", "note")
            (place,) = result["locations"]
            region = place["physicalLocation"]["region"]
            assert (region["endLine"], region["endColumn"]) >= (region["startLine"], region["startColumn"]) >= (1, 1)
            assert result["partialFingerprints"]["primaryLocationLineHash"].endswith(":1")


def test_sarif_uris_are_relative_and_percent_encoded(context):
    run = json.loads(written("sarif", samples.hostile(), context))["runs"][0]
    seen = set()
    for result in run["results"]:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9/._~%-]+", uri)
        assert not urlsplit(uri).scheme
        seen.add(unquote_to_bytes(uri))
    assert {os.fsencode(path) for path in samples.HOSTILE_PATHS} <= seen


def test_sarif_says_fix_related_suppression_and_notification(context):
    context.errors = [("gone.py", "no permission")]
    run = json.loads(written("sarif", samples.usual(), context))["runs"][0]
    results = run["results"]
    assert results[0]["ruleId"] == "AUD001", "the worst comes first"
    fixed = next(result for result in results if "fixes" in result)
    replacements = fixed["fixes"][0]["artifactChanges"][0]["replacements"]
    assert replacements[0]["insertedContent"] == {"text": "pool"} and "insertedContent" not in replacements[1]
    assert fixed["relatedLocations"][0]["message"] == {"text": "the volume"}
    kinds = [result["suppressions"] for result in results if "suppressions" in result]
    assert kinds == [
        [{"kind": "inSource", "justification": "it is a test"}],
        [{"kind": "external", "justification": "in the baseline"}],
    ]
    invocation = run["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "no permission"


def test_sarif_leaves_out_the_mildest_and_says_how_many(context, monkeypatch):
    monkeypatch.setattr(load("sarif"), "MOST_RESULTS", 3)
    run = json.loads(written("sarif", samples.usual(), context))["runs"][0]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "warning"]
    assert "3 results" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    assert load("sarif").document([], context)["runs"][0]["results"] == []


@pytest.mark.skipif(
    not os.environ.get("PREAUDIT_SARIF_SCHEMA"),
    reason="PREAUDIT_SARIF_SCHEMA names no copy of the SARIF schema, whose licence keeps it out of this repository",
)
def test_sarif_fits_the_schema(tmp_path):
    jsonschema = pytest.importorskip("jsonschema")
    with open(os.environ["PREAUDIT_SARIF_SCHEMA"], encoding="utf-8") as stream:
        validator = jsonschema.Draft4Validator(json.load(stream))
    for findings, context in sarif_documents(tmp_path):
        document = json.loads(written("sarif", findings, context))
        assert [error.message for error in validator.iter_errors(document)] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 日本", "plain é 日本"),
        ("a\nb", "a\\nb"),
        ("\x1b", "\\x1b"),
        ("\u202e", "\\u202e"),
        ("\udcff", "\\xff"),
        ("\ud800", "\\ud800"),
        ("\U000e0001", "\\U000e0001"),
    ],
)
def test_printable(text, shown):
    assert printable(text) == shown
