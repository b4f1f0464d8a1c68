"""ffmpeg-python: run() and probe() run ffmpeg; the rest builds the command."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "ffmpeg-python"

FUNCTIONS = {
    "ffmpeg.run": "subprocess -> tuple",
    "ffmpeg.probe": "subprocess",
    "ffmpeg.run_async": "subprocess -> subprocess.Popen",
    **each("lazy", "ffmpeg.input ffmpeg.output ffmpeg.filter ffmpeg.overwrite_output ffmpeg.compile"),
}
INSTEAD = {"ffmpeg.": "asyncio.create_subprocess_exec"}
