"""GitPython: runs git."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "GitPython"

CANONICAL = {"git.repo.Repo": "git.Repo", "git.repo.base.Repo": "git.Repo"}
CLASSES = {
    "git.Repo": {
        "init": "file",
        "methods": {
            "clone_from": "subprocess -> self",
            "clone": "subprocess -> self",
            "init": "subprocess -> self",
            **each("subprocess", "create_head create_tag create_remote is_dirty iter_commits archive blame"),
            "remote": "free -> git.Remote",
            "close": "free",
        },
        "attrs": {"git": "free", "head": "free", "index": "free", "remotes": "free", "working_dir": "free"},
    },
    "git.Remote": {"methods": each("subprocess", "fetch pull push")},
}
INSTEAD = {"git.": "asyncio.create_subprocess_exec"}
