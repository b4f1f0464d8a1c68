"""What a fix changes in a real repository, as git tells it."""

import subprocess
import sys

import pytest

SERVICES = "".join(
    f"  s{number}:\n    image: shop:{number}   # pinned\n    environment:\n      - LEVEL={number}\n      - MODE=a\n"
    f"    volumes:\n      - ./v{number}:/srv/v   # note\n      - data{number}:/srv/data\n\n"
    for number in range(60)
)  # fmt: skip
FILE = f"# the stack\nservices:\n{SERVICES}volumes:\n" + "".join(f"  data{number}:\n" for number in range(60))
PLACES = [
    ("      - ./v7:/srv/v   # note\n", "      - ./v7:/srv/v\n"),
    ("      - data41:/srv/data\n", "      - data41:/srv/data\n"),
    ("      - LEVEL=59\n      - MODE=a\n", "      - LEVEL=59\n"),
]


def git(folder, *arguments):
    who = [
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.com",
        "-c",
        "commit.gpgsign=false",
        "-c",
        "core.autocrlf=false",
    ]
    return subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("behind, copy", PLACES, ids=["volume", "named volume", "environment"])
def test_one_duplicate_in_500_lines_is_one_line_of_the_diff(tmp_path, behind, copy, newline):
    assert FILE.count("\n") > 500 and FILE.count(behind) == 1
    text = FILE.replace(behind, behind + copy)
    path = tmp_path / "docker-compose.yml"
    path.write_bytes(text.replace("\n", newline).encode())
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "x")
    command = [sys.executable, "-m", "preaudit_hooks", "fix", "--select", "AUD901,AUD902", "--no-cache"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120)
    assert git(tmp_path, "diff", "--numstat").split() == ["0", "1", "docker-compose.yml"]
    removed = [line for line in git(tmp_path, "diff", "-U0").splitlines() if line.startswith("-") and line[:3] != "---"]
    assert [line.rstrip("\r") for line in removed] == ["-" + copy.rstrip("\n")]
    assert path.read_bytes() == FILE.replace("\n", newline).encode()
