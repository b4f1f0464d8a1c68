"""What init writes does to flake8 and ruff what it promises: the tools themselves are asked."""

import subprocess
import sys

import pytest
from preaudit_hooks import cli

UNUSED = "x = 1  # preaudit: ignore[AUD000] gone\n"


def run(command, workspace, environment):
    done = subprocess.run(command, cwd=workspace, env=environment, capture_output=True, text=True, timeout=60)
    return done.stdout


@pytest.fixture
def init(workspace, monkeypatch):
    monkeypatch.chdir(workspace)
    return lambda: cli.main(["init", "--yes", "--no-baseline", "--ci", "none"])


@pytest.mark.parametrize("options", ["select = E,W,F\n", "select =\n    E,  # errors\n    W\nextend-select = C9\n"])
def test_flake8_shows_our_codes_after_init(workspace, environment, init, options):
    (workspace / "setup.cfg").write_text(f"[flake8]\n{options}max-line-length = 30\n")
    (workspace / "a.py").write_text(UNUSED)
    flake8 = [sys.executable, "-m", "flake8", "a.py"]
    before = run(flake8, workspace, environment)
    assert "AUD998" not in before and "E501" in before
    assert init() == 0
    after = run(flake8, workspace, environment)
    assert "AUD998" in after and "E501" in after


@pytest.mark.parametrize("external", ["", "external = ['V101']\n", "external = [\n    'V101',  # vulture\n]\n"])
def test_ruff_keeps_our_noqa_comments_after_init(workspace, environment, init, external):
    pytest.importorskip("ruff")
    text = "import os\n\nx = os  # noqa: AUD401\ny = 1  # noqa: AUD401, F841\n"
    ruff = [sys.executable, "-m", "ruff", "check", "--no-cache", "--fix", "--unsafe-fixes", "a.py"]
    (workspace / "ruff.toml").write_text(f"[lint]\nselect = ['F', 'RUF100', 'RUF102']\n{external}")
    (workspace / "a.py").write_text(text)
    run(ruff, workspace, environment)
    assert "AUD401" not in (workspace / "a.py").read_text(), "this is what init is for"
    (workspace / "a.py").write_text(text)
    assert init() == 0
    run(ruff, workspace, environment)
    assert (workspace / "a.py").read_text() == text.replace(", F841", "")
