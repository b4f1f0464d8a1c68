"""Fixes of deployment files through the command: bytes, mode and idempotence."""

import os
import subprocess
import sys

import pytest

BEFORE = "services:\n  web:\n    image: shop  # pinned\n    volumes:\n"
BEFORE += "      - ./a:/srv/a\n      - ./a:/srv/a\n      - ./b:/srv/b\n"
AFTER = BEFORE.replace("      - ./a:/srv/a\n", "", 1)
CASES = [
    ("docker-compose.yml", BEFORE, AFTER),
    (".env", "# c\nA=1\nB=2\nA=1", "# c\nA=1\nB=2"),
    (
        "watch.sh",
        "#!/bin/sh\nCHECK_INTERVAL=60 # s\nsleep 1\n",
        '#!/bin/sh\nCHECK_INTERVAL="${CHECK_INTERVAL:-60}" # s\nsleep 1\n',
    ),
]


def fix(folder):
    command = [sys.executable, "-m", "preaudit_hooks", "check", ".", "--select", "AUD901,AUD902,AUD905", "--fix"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("path, before, after", CASES, ids=[case[0] for case in CASES])
def test_the_command_fixes_the_bytes_it_means(tmp_path, path, before, after, mark, newline):
    if mark and path.endswith(".sh"):
        before, after = before.replace("#!/bin/sh\n", "# script\n"), after.replace("#!/bin/sh\n", "# script\n")
    place = tmp_path / path
    place.write_bytes(mark + before.replace("\n", newline).encode())
    place.chmod(0o640)
    fix(tmp_path)
    assert place.read_bytes() == mark + after.replace("\n", newline).encode()
    assert place.stat().st_mode & 0o777 == 0o640
    stamp = place.stat().st_mtime_ns
    fix(tmp_path)
    assert place.stat().st_mtime_ns == stamp, "a second run writes nothing"
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".tmp")]


def test_a_link_out_of_the_project_is_left_alone(tmp_path):
    outside, project = tmp_path / "outside.yml", tmp_path / "project"
    project.mkdir()
    outside.write_text(BEFORE)
    (project / "docker-compose.yml").symlink_to(outside)
    fix(project)
    assert outside.read_text() == BEFORE
