"""The harness itself: it must be able to fail."""

import harness
import pytest
from preaudit.core.finding import Edit, Finding, Fix
from preaudit.core.registry import Registry, RuleInfo


def rule(code="AUD401", scope="file", module="preaudit.rules.errors.bare_except", page=""):
    info = RuleInfo((code, "bare-except", module, "errors", "high", scope, True, *[()] * 15))
    info.__class__ = type("Info", (RuleInfo,), {"__slots__": (), "documentation": lambda self: page})
    return info


def finding(line, code="AUD401", path="a.py", fix=None):
    return Finding(code, "bare-except", "high", path, line, 1, "message", fix=fix)


@pytest.mark.parametrize(
    ("line", "expected", "missed"),
    [
        ("x = 1  # AUD401", ["AUD401"], []),
        ("x = 1 # AUD401, AUD402", ["AUD401", "AUD402"], []),
        ("x = 1  # AUD401 AUD401", ["AUD401", "AUD401"], []),
        ("x = 1  # todo AUD401", [], ["AUD401"]),
        ("x = 1  # AUD402  # todo AUD401", ["AUD402"], ["AUD401"]),
        ("x = 1  # noqa: E501  # AUD402", ["AUD402"], []),
        ("x = 1  # noqa: AUD402", [], []),
        ("x = 1  # preaudit: ignore[AUD401] why  # AUD998", ["AUD998"], []),
        ("x = 1  # see AUD401", [], []),
        ("x = 1  # AUD401 is silent here", [], []),
        ("KEY=value  # AUD903", ["AUD903"], []),
        ("AUD401", [], []),
    ],
)
def test_marks(line, expected, missed):
    found = harness.marks(f"\n{line}\n")
    assert [sorted(counter.elements()) for counter in found] == [
        [(2, code) for code in expected],
        [(2, code) for code in missed],
    ]


@pytest.mark.parametrize(
    ("text", "findings", "told"),
    [
        ("x  # AUD401\n", [finding(1)], []),
        ("x  # AUD401\n", [], ["missed alarm AUD401"]),
        ("x\n", [finding(1)], ["false alarm AUD401"]),
        ("x  # AUD401\n", [finding(1), finding(1)], ["false alarm AUD401"]),
        ("x  # AUD401 AUD401\n", [finding(1)], ["missed alarm AUD401"]),
        ("x  # AUD401\ny\n", [finding(2)], ["false alarm AUD401", "missed alarm AUD401"]),
        ("x  # todo AUD401\n", [], []),
        ("x  # todo AUD401\n", [finding(1)], []),
        ("x  # AUD402\n", [], []),
        ("x\n", [finding(1, "AUD000")], ["false alarm AUD000"]),
        ("x  # AUD401\n", [finding(1, path="b.py")], ["false alarm AUD401", "missed alarm AUD401"]),
    ],
)
def test_differences(text, findings, told):
    case = harness.Case("case", rule(), {"a.py": text}, {}, (), {})
    found = harness.differences(case, findings)
    assert len(found) == len(told)
    assert all(words in line for words, line in zip(told, found))


PAGE = """Title

## Bad
```python
x = 1
## not a heading
```

```yaml docker-compose.yml
a: 1
```
and
```dotenv .env
A=1
```
```yaml docker-compose.yml
# options: {"fail-on": "high"}
b: 1
```
```text
not a file
```
## Good
```python
# path: app/y.py
y = 1
```
"""


def test_examples_of_a_page():
    cases = harness.examples(rule(page=PAGE), "Bad")
    assert [case.files for case in cases] == [
        {"app/example.py": "x = 1\n## not a heading\n"},
        {"docker-compose.yml": "a: 1\n", ".env": "A=1\n"},
        {"docker-compose.yml": '# options: {"fail-on": "high"}\nb: 1\n'},
    ]
    assert cases[2].options == {"fail-on": "high"}
    assert [list(case.files) for case in harness.examples(rule(page=PAGE), "Good")] == [["app/y.py"]]
    assert list(harness.sections(PAGE)) == ["", "Bad", "Good"]


def test_fixes_are_applied_per_file():
    case = harness.Case("case", rule(), {"a.py": "x = 1  # AUD401\ny\n", "b.py": "z\n"}, {}, (), {})
    fix = Fix("title", (Edit(1, 1, 1, 2, "longer"),))
    result = harness.fixed_files(case, [finding(1, fix=fix)])
    assert result == {"a.py": "longer = 1  # AUD401\ny\n", "b.py": "z\n"}
    assert harness.unmarked(result["a.py"]) == "longer = 1\ny\n"


@pytest.mark.parametrize(
    ("one", "files", "on_disk"),
    [
        (rule(), {"a.py": ""}, False),
        (rule(), {"a.py": "", "b.yml": ""}, True),
        (rule(scope="project", module="preaudit_hooks.rules.x.y"), {"a.py": ""}, True),
        (rule(scope="document", module="preaudit_hooks.rules.x.y"), {"a.yml": ""}, True),
    ],
)
def test_what_runs_on_disk(one, files, on_disk):
    assert harness.needs_disk(harness.Case("case", one, files, {}, (), {})) is on_disk


def test_fixture_cases(tmp_path, monkeypatch):
    monkeypatch.setattr(harness, "FIXTURES", tmp_path)
    folder = tmp_path / "bare-except"
    (folder / "project" / "app").mkdir(parents=True)
    (folder / "project" / "app" / "a.py").write_text("x\n")
    (folder / "one.py").write_text('# path: lib/one.py\n# options: {"long-function": 20}\nx\n')
    (folder / "one.fixed.py").write_text("y\n")
    (folder / "two.yml").write_text("a: 1\n")
    cases = {case.name: case for case in harness.fixture_cases(rule())}
    assert sorted(cases) == ["bare-except/one.py", "bare-except/project", "bare-except/two.yml"]
    assert list(cases["bare-except/one.py"].files) == ["lib/one.py"]
    assert cases["bare-except/one.py"].options == {"long-function": 20}
    assert cases["bare-except/one.py"].fixed == {"lib/one.py": "y\n"}
    assert cases["bare-except/project"].files == {"app/a.py": "x\n"}
    assert list(cases["bare-except/two.yml"].files) == ["two.yml"]
    assert Registry([rule()]).codes == {"AUD401"}
