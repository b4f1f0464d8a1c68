"""Tests measure their coverage, and no floor holds it

## What it does
Reports, once for a project, that pytest-cov or `--cov` measures the coverage and no `fail_under` stops a fall; or that
there are no tests at all.

## Why it matters
A number that nobody has to look at only goes down. The code that production audits find untested is the code that was
added in a hurry.

## Bad
```toml pyproject.toml
[project]
name = "shop"

[tool.pytest.ini_options]
addopts = "--cov=shop"  # AUD910
```
```python tests/test_shop.py
def test_nothing():
    pass
```

## Good
```toml pyproject.toml
[project]
name = "shop"

[tool.pytest.ini_options]
addopts = "--cov=shop"

[tool.coverage.report]
fail_under = 80
```
```python tests/test_shop.py
def test_nothing():
    pass
```

## Fixed
There is no fix: write `fail_under` into the coverage configuration, or `--cov-fail-under` into the call.

## Options
`test-files`: what counts as a test.

## Limits
A configuration of a coverage service (codecov, SonarQube), or a workflow that uploads the result to one, counts as a
floor. A source distribution has often left its tests behind and is not judged.

## Origin
Audit E 16: 11 % coverage, measured in every build.
"""

from preaudit.core.rule import Rule

RULE = Rule(
    code="AUD910",
    name="coverage-floor-missing",
    severity="low",
    scope="project",
    message="coverage is measured and nothing stops its fall; set fail_under in the coverage configuration",
    since="0.1.0",
    audits=("E 16",),
    options=("test-files",),
    posture=True,
    files=r"(^|/)(pyproject\.toml|setup\.cfg|tox\.ini|pytest\.ini|\.coveragerc)$",
)
_NO_TESTS = "the project has {count} Python files and no test; add tests and a coverage floor"
_SERVICES = (
    "codecov.yml",
    ".codecov.yml",
    "sonar-project.properties",
    ".coveralls.yml",
    "codecov.yaml",
    ".codecov.yaml",
)
_HOMES = ("pyproject.toml", "setup.cfg", "setup.py", "requirements.txt")
_MINIMUM = 5


@RULE.on_project("tooling")
def check(project):
    """Report a project whose coverage nothing holds, or that has no tests."""
    if "PKG-INFO" in project.paths:
        return
    python = [path for path in project.paths if path.endswith(".py") and not project.settings.is_foreign(path)]
    tests = [path for path in python if project.is_test(path)]
    facts = project.facts("tooling")
    if not tests:
        others = any(fact.get("tests") for _, fact in facts) or any("test" in path.lower() for path in project.paths)
        home = next(
            (name for name in ("pyproject.toml", "setup.cfg", "setup.py", "requirements.txt") if name in project.paths),
            None,
        )
        if len(python) >= _MINIMUM and home and not others:
            yield RULE.at((1, 1), path=home, message=_NO_TESTS, count=len(python))
        return
    if any(fact.get("fail_under") or fact.get("watched") for _, fact in facts):
        return
    if any(path.rpartition("/")[2] in _SERVICES for path in project.paths):
        return
    measured = sorted(
        (path.count("/"), "requirements" in path, path, fact["cov"]) for path, fact in facts if fact.get("cov")
    )
    if measured:
        _, _, path, line = measured[0]
        yield RULE.at((line, 1), path=path)
