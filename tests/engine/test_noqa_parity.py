"""The same suppression comments through flake8 itself, in its own process, and through the engine."""

import subprocess
import sys

from preaudit.core.runner import check_text

COMMENTS = [
    "# noqa", "#noqa", "# NOQA", "# NoQa:AUD401", "# noqa: AUD401", "# noqa:AUD401", "# noqa : AUD401", "# noqa: aud401",
    "# noqa: AUD4", "# noqa: AUD", "# noqa: A4", "# noqa: E501", "# noqa: E501, AUD401", "# noqa: E501 AUD401",
    "# noqa: AUD401 because", "# noqa: AUD401(because)", "# noqa: because AUD401", "# noqa: bare-except",
    "# noqa:E501 # noqa: AUD401", "# type: ignore # noqa: AUD401", "# noqa: AUD4011", "# noqa:\tAUD401", "# xnoqa: AUD401",
    "# preaudit: ignore[AUD401] a reason", "# preaudit: ignore[AUD402] a reason", "# preaudit: ignore[bare-except]",
    "# preaudit: ignore[AUD401] until=2020-01-01", "# preaudit: ignore", "# nothing",
]  # fmt: skip

HEAD = "def f():\n    pass\n\n\n"
BLOCK = "try:\n    f()\nexcept:  {}\n    f()\n\n"
JOINED = '''
try:
    f("""
""")
except:
    f("""
    """)  # noqa: AUD401

# preaudit: ignore[AUD401] above
try:
    f()
# preaudit: ignore[AUD401] above
except:
    f()

# preaudit: off[AUD401] from here
try:
    f()
except:
    f()
# preaudit: on[AUD401]

try:
    f()
except \\
        :  # noqa: AUD401
    f()
'''


def flake8(path):
    """Answer the lines on which flake8 reports AUD401."""
    command = [sys.executable, "-m", "flake8", "--isolated", "--select=AUD401", "--format=%(row)d", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, 1) and not done.stderr, done.stderr
    return sorted(int(line) for line in done.stdout.split())


def test_every_comment_form(tmp_path):
    text = HEAD + "".join(BLOCK.format(comment) for comment in COMMENTS) + JOINED
    path = tmp_path / "app.py"
    path.write_text(text)
    found = check_text(text, "app.py", codes={"AUD401"})
    assert len(found) == len(COMMENTS) + 4
    live = [one.line for one in found if not one.suppressed]
    assert flake8(path) == live


def test_a_whole_file(tmp_path):
    path = tmp_path / "app.py"
    for line in (
        "# flake8: noqa",
        "x = 1  # flake8: noqa",
        "# flake8: noqa: E501",
        "# preaudit: ignore-file[AUD401] old",
    ):
        text = f"{line}\n{BLOCK.format('#')}"
        path.write_text(text)
        assert flake8(path) == [one.line for one in check_text(text, "app.py", codes={"AUD401"}) if not one.suppressed]
