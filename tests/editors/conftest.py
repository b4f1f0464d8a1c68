"""An environment in which flake8 finds the checkout's plugin, whatever is installed."""

import os
import sys

import pytest
from preaudit import __version__


@pytest.fixture
def environment(tmp_path):
    """The environment variables of a process whose flake8 loads the plugin of this checkout."""
    folder = tmp_path / "metadata" / f"preaudit-{__version__}.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: preaudit\nVersion: {__version__}\n")
    (folder / "entry_points.txt").write_text("[flake8.extension]\nAUD = preaudit.flake8_plugin:Plugin\n")
    paths = [str(folder.parent), *(path for path in sys.path if path)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "HOME": str(tmp_path)}


@pytest.fixture
def workspace(tmp_path):
    """A project of its own, away from the metadata."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("[tool.preaudit]\n")
    return folder
