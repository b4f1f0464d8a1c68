"""The example application: what auditing it reports is what its files are marked with, exactly."""

import json
import subprocess
import sys

import harness
import pytest
from preaudit_hooks.registry import registry

EXAMPLE = harness.HOME / "examples" / "order-service"
RUN = "from preaudit_hooks.cli import entry; entry()"


def tracked():
    """Answer {path: text} of the example's files that are part of the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "."], cwd=EXAMPLE, capture_output=True, check=True, text=True
    ).stdout
    return {path: harness.read(EXAMPLE / path) for path in listed.split("\0") if path}


def reported():
    """Answer {(path, line, code)} of what the command reports with its default codes."""
    roots = [str(harness.HOME / "plugins"), str(harness.HOME / "hooks")]
    command = f"import sys; sys.path[:0] = {roots!r}; {RUN}"
    done = subprocess.run(
        [sys.executable, "-c", command, "check", ".", "--output-format", "json", "--exit-zero", "--no-cache"],
        cwd=EXAMPLE, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {(item["path"], item["line"], item["code"]) for item in json.loads(done.stdout)}


@pytest.fixture(scope="module")
def files():
    return tracked()


def test_the_marks_are_exactly_what_is_reported(files):
    known = {rule.code for rule in registry() if rule.default}
    expected = {
        (path, line, code) for path, text in files.items() for line, code in harness.marks(text)[0] if code in known
    }
    found = reported()
    told = [f"{path}:{line}: unexpected {code}" for path, line, code in sorted(found - expected)]
    told += [f"{path}:{line}: missing {code}" for path, line, code in sorted(expected - found)]
    assert not told, "\n" + "\n".join(told)


# Default codes without a place: the example has the health route that AUD511 needs, and the time limit without effect
# that AUD911 needs.
ELSEWHERE = {"AUD000", "AUD998", "AUD510", "AUD216"}


def test_every_default_code_has_a_place_in_the_example(files):
    marked = {code for text in files.values() for _, code in harness.marks(text)[0]}
    assert not {rule.code for rule in registry() if rule.default} - marked - ELSEWHERE
