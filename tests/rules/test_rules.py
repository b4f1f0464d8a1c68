"""Every rule: its fixtures, its documented examples, and what holds for all of them.

A rule's author writes the rule file and tests/fixtures/<rule-name>/; nothing here names a rule.
"""

import re
import string

import harness
import pytest
from preaudit.core.options import BY_NAME
from preaudit.core.registry import BANDS, describe
from preaudit_hooks.registry import registry

RULES = list(registry())
CASES = [case for rule in RULES for case in harness.fixture_cases(rule)]
HOUSEKEEPING = ("AUD000", "AUD998")


def by_name(items):
    return [pytest.param(item, id=item.name) for item in items]


def told(differences):
    return "\n" + "\n".join(differences)


@pytest.mark.parametrize("case", by_name(CASES))
def test_fixture(case, tmp_path):
    found = harness.differences(case, harness.run(case, tmp_path))
    assert not found, told(found)


@pytest.mark.parametrize("case", by_name(case for case in CASES if case.fixed))
def test_fix(case, tmp_path):
    result = harness.fixed_files(case, harness.run(case, tmp_path / "before"))
    changed = {path: harness.unmarked(result[path]) for path in case.fixed}
    assert changed == {path: harness.unmarked(text) for path, text in case.fixed.items()}
    again = case._replace(files=result)
    assert harness.fixed_files(again, harness.run(again, tmp_path / "after")) == result, "a second run changes more"


@pytest.mark.parametrize("case", by_name(CASES))
def test_all_other_rules_survive_it(case, tmp_path):
    findings = harness.run(case, tmp_path, codes=registry().codes)
    broken = [finding for finding in findings if finding.code == "AUD000"]
    wanted = harness.marks("\n".join(case.files.values()))[0]
    if "AUD000" not in {code for _, code in wanted}:
        assert not broken, told(map(str, broken))
    for finding in findings:
        check_message(finding)


def check_message(finding):
    assert finding.message.isascii() and finding.message.isprintable(), finding
    assert not re.search(r"(?<!\.)\.$", finding.message), finding
    assert not re.search(r":\d+:\d+:", finding.message), finding
    assert finding.line >= 1 and finding.column >= 1, finding
    assert (finding.end_line, finding.end_column) >= (finding.line, finding.column), finding


@pytest.mark.parametrize("rule", by_name(RULES))
def test_examples(rule, tmp_path):
    bad = harness.examples(rule, "Bad")
    if rule.code != "AUD000":
        assert bad, "## Bad shows no example"
    assert harness.examples(rule, "Good"), "## Good shows no example"
    if rule.code == "AUD000":
        return
    problems, marked = [], 0
    for number, case in enumerate([*bad, *harness.examples(rule, "Good")]):
        problems += [
            f"{case.name}: {line}" for line in harness.differences(case, harness.run(case, tmp_path / str(number)))
        ]
        marked += sum(code == rule.code for text in case.files.values() for _, code in harness.marks(text)[0])
    assert marked, "## Bad marks no finding"
    assert not problems, told(problems)


@pytest.mark.parametrize("rule", by_name(RULES))
def test_fixed_example(rule, tmp_path):
    fixed = harness.examples(rule, "Fixed")
    if rule.fixable:
        assert fixed, "a rule with a fix shows in ## Fixed what it makes of ## Bad"
        for number, (case, after) in enumerate(zip(harness.examples(rule, "Bad"), fixed)):
            result = harness.fixed_files(case, harness.run(case, tmp_path / str(number)))
            assert {path: harness.unmarked(text) for path, text in result.items()} == {
                path: harness.unmarked(text) for path, text in after.files.items()
            }
        return
    for number, case in enumerate(fixed):
        found = harness.differences(case, harness.run(case, tmp_path / str(number)))
        assert not found, told(found)


@pytest.mark.parametrize("rule", by_name(RULES))
def test_page_and_metadata(rule):
    page = rule.documentation()
    headings = [heading for heading in harness.sections(page) if heading]
    assert headings == list(harness.HEADINGS)
    for heading, text in harness.sections(page).items():
        assert text.strip(), f"## {heading} is empty"
    assert rule.title and rule.title.isascii() and not rule.title.endswith("."), "the first line is the title"
    assert re.fullmatch(r"\d+\.\d+\.\d+", rule.since)
    assert set(rule.options) <= set(BY_NAME), "an option that the table in core/options.py does not have"
    assert all(re.fullmatch(r"[A-Z]+[0-9]{3,4}", code) for code in rule.ruff)
    assert all(isinstance(reference, str) and reference for reference in rule.audits)
    if rule.code not in HOUSEKEEPING:
        assert rule.area in BANDS[rule.code[3]], f"{rule.code} belongs to {BANDS[rule.code[3]]}"
        loaded = rule.load()
        checks = (loaded.node_checks, loaded.document_checks, loaded.project_checks, loaded.each_checks)
        assert any(checks), "a rule without a check"
        in_plugins = rule.module.startswith("preaudit.")
        assert in_plugins is (rule.scope in ("file", "types")), f"a {rule.scope} rule lives in the other source root"
    assert describe(rule.module, rule.size).row() == rule.row(), "the index is stale; run `make docs`"


@pytest.mark.parametrize("rule", by_name(RULES))
def test_message(rule):
    message = rule.load().message
    assert message.isascii() and message.isprintable() and len(message) < 200
    assert not message.endswith((".", " ")) and not re.search(r":\d+:\d+:", message)
    fields = [field for _, field, _, _ in string.Formatter().parse(message) if field is not None]
    assert all(field.isidentifier() for field in fields), "message fields are names"


@pytest.mark.parametrize("rule", by_name(RULES))
def test_there_are_fixtures(rule):
    cases = harness.fixture_cases(rule)
    assert cases, f"tests/fixtures/{rule.name}/ is missing or empty"
    if rule.code != "AUD000":
        marked = [code for case in cases for text in case.files.values() for _, code in harness.marks(text)[0]]
        assert rule.code in marked, "no fixture expects a finding"


def test_every_fixture_folder_has_its_rule():
    names = {folder.name for folder in harness.FIXTURES.iterdir() if folder.is_dir()}
    assert names <= {rule.name for rule in RULES}
