"""A shell script without an ending is read for its first line, in every kind of run."""

import os

import pytest
from preaudit.core.settings import Settings
from preaudit_hooks.engine import check_paths

SCRIPT = "#!/bin/sh\nPOLL_INTERVAL=60\nsleep $POLL_INTERVAL\n"
FILES = {
    "bin/poll": (SCRIPT, True),
    "scripts/entrypoint": (SCRIPT.replace("/bin/sh", "/usr/bin/env bash"), True),
    ".husky/pre-push": (SCRIPT.replace("\n", "\r\n"), True),
    "bin/serve": (SCRIPT.replace("/bin/sh", "/usr/bin/env python3"), False),
    "bin/fishy": (SCRIPT.replace("/bin/sh", "/usr/bin/fish"), False),
    "LICENSE": (SCRIPT.partition("\n")[2], False),
    "notes.txt": (SCRIPT, False),
    "empty": ("", False),
}


@pytest.fixture
def project(tmp_path):
    for path, (text, _) in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(text.encode())
    (tmp_path / "compiled").write_bytes(b"\x7fELF\xff\xfe")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "gone").symlink_to("nowhere")
    (tmp_path / "out").symlink_to("/bin/sh")
    return tmp_path


def findings(root, *paths, **more):
    given = paths or (str(root),)
    result = check_paths(given, root=str(root), settings=Settings(), codes={"AUD905"}, jobs=1, **more)
    assert not result.errors
    return {finding.path for finding in result.findings}


def test_the_project(project):
    assert findings(project) == {path for path, (_, read) in FILES.items() if read}
    assert findings(project) == {path for path, (_, read) in FILES.items() if read}, "from the cache"


@pytest.mark.parametrize("path", FILES)
def test_one_file(project, path):
    assert findings(project, str(project / path)) == ({path} if FILES[path][1] else set())


def test_standard_input(project):
    assert findings(project, stdin=("bin/poll", SCRIPT.encode()), cache=False) == {"bin/poll"}
