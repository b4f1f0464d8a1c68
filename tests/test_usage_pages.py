"""The usage pages, tried as a newcomer would: the files are written, the commands run, and print what the page shows."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parent.parent
PAGES = sorted(HOME.glob("docs/usage-*.md"))
FENCE = re.compile(r"^```(\w+)?[ ]*(\S+)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def matches(shown, printed):
    """Answer whether the lines of a page are those printed; `...` stands for any text, alone for any lines."""
    pattern = "".join(
        r"(?:.*\n)*?" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + "\n" for line in shown
    )
    return re.fullmatch(pattern, printed) is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_shows_is_what_happens(page, tmp_path):
    shim = tmp_path / "bin" / "preaudit"
    shim.parent.mkdir()
    shim.write_text(f"#!{sys.executable}\nfrom preaudit_hooks.cli import entry\nentry()\n")
    shim.chmod(0o755)
    project = tmp_path / "project"
    project.mkdir()
    (project / ".git").mkdir()
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "SKIP", "FORCE_COLOR")}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    environment["PATH"] = f"{shim.parent}{os.pathsep}{environment['PATH']}"
    for language, name, body in FENCE.findall(page.read_text()):
        if name:
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            (project / name).write_text(body)
        elif language == "console":
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, *shown = part.rstrip("\n").split("\n")
                done = subprocess.run(
                    command, shell=True, cwd=project, env=environment, text=True, timeout=120,
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                )  # fmt: skip
                assert matches(shown, done.stdout), f"{page.name}: {command}\n{done.stdout}"


@pytest.mark.parametrize("page", sorted(HOME.glob("docs/*.md")), ids=lambda page: page.stem)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_command_has_its_place_in_the_pages():
    from preaudit_hooks.cli import COMMANDS

    text = "".join(page.read_text() for page in PAGES)
    assert [name for name in COMMANDS if f"preaudit {name}" not in text] == []
