"""shutil: copies, moves and deletes."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

FUNCTIONS = {
    **each(
        "file",
        "shutil.copy shutil.copy2 shutil.copyfile shutil.copyfileobj shutil.copytree shutil.move shutil.rmtree"
        " shutil.make_archive shutil.unpack_archive",
    ),
    **each("metadata", "shutil.which shutil.disk_usage shutil.chown shutil.copymode shutil.copystat"),
    "shutil.get_terminal_size": "free",
}
INSTEAD = {"shutil.": "asyncio.to_thread"}
