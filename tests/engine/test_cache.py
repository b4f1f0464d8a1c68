"""The cache may be lost, stale, corrupt, read-only or shared: the result stays right."""

import os
import sqlite3
import subprocess
import sys

import pytest
from preaudit.core.settings import Settings
from preaudit_hooks.engine import check_paths
from projects import FILES, HOME, check, write

CODES = frozenset({"AUD000", "AUD101", "AUD201", "AUD302", "AUD401"})


def findings(folder, **more):
    """Answer (path, line, code) of a run in this process."""
    settings = Settings(root=str(folder))
    result = check_paths([str(folder)], root=str(folder), settings=settings, codes=CODES, jobs=1, **more)
    return [(f.path, f.line, f.code, f.message) for f in result.findings if not f.suppressed]


def database(folder):
    """Answer the path of the cache's file."""
    (found,) = (folder / ".preaudit_cache").glob("*.db")
    return found


@pytest.fixture
def project(tmp_path):
    return write(tmp_path)


def test_a_warm_run_answers_the_same(project):
    cold = findings(project)
    assert cold == findings(project) == findings(project, cache=False)
    assert len(cold) >= 6


def test_a_changed_file_is_seen_at_once(project):
    findings(project)
    path = project / "app" / "api.py"
    path.write_text(FILES["app/api.py"].replace("except:", "except KeyError:"))
    assert not any(code == "AUD401" for _, _, code, _ in findings(project))


def test_a_change_of_the_same_size_and_time_is_seen(project):
    """A file rewritten within one tick of the clock keeps size and time: it is too young to be trusted."""
    path = project / "app" / "api.py"
    findings(project)
    before = os.stat(path)
    text = FILES["app/api.py"].replace("return client.get('b')", "return cliant.get('b')")
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert os.stat(path).st_size == before.st_size
    assert ("app/api.py", 13) not in [(p, line) for p, line, code, _ in findings(project) if code == "AUD302"]


def test_findings_follow_a_change_of_another_module(project):
    """What app/api.py calls blocks because app/cache.py says so: api.py itself does not change."""
    assert ("app/api.py", 13) in [(p, line) for p, line, code, _ in findings(project) if code == "AUD302"]
    (project / "app" / "cache.py").write_text(
        FILES["app/cache.py"].replace("import redis", "import redis.asyncio as redis")
    )
    assert not any(code == "AUD302" for _, _, code, _ in findings(project))
    (project / "app" / "cache.py").write_text(FILES["app/cache.py"])
    assert any(code == "AUD302" for _, _, code, _ in findings(project))


def test_findings_follow_a_module_that_appears(tmp_path):
    write(tmp_path, {"pyproject.toml": "", "app/__init__.py": "", "app/api.py": FILES["app/api.py"]})
    assert not any(code == "AUD302" for _, _, code, _ in findings(tmp_path))
    write(tmp_path, {"app/cache.py": FILES["app/cache.py"]})
    assert any(code == "AUD302" for _, _, code, _ in findings(tmp_path))


def test_findings_follow_an_attribute_set_from_outside(tmp_path):
    files = {
        "pyproject.toml": "", "app/__init__.py": "",
        "app/service.py": "class Service:\n    client = None\n\n    async def get(self):\n        return self.client.get('a')\n",
        "app/main.py": "from app.service import Service\n\nservice = Service()\n",
    }  # fmt: skip
    write(tmp_path, files)
    assert not any(code == "AUD302" for _, _, code, _ in findings(tmp_path))
    main = "import redis\nfrom app.service import Service\n\nservice = Service()\nservice.client = redis.Redis(max_connections=3)\n"
    write(tmp_path, {"app/main.py": main})
    assert [(p, line) for p, line, code, _ in findings(tmp_path) if code == "AUD302"] == [("app/service.py", 5)]


@pytest.mark.parametrize(
    "damage", ["truncate", "garbage", "empty", "zeros inside", "a row", "foreign rows", "no table"]
)
def test_a_damaged_cache_changes_nothing(project, damage):
    expected = findings(project)
    path = database(project)
    data = path.read_bytes()
    if damage == "truncate":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "garbage":
        path.write_bytes(b"no database at all" * 200)
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "zeros inside":
        path.write_bytes(data[:5000] + bytes(4000) + data[9000:])
    else:
        base = sqlite3.connect(path)
        if damage == "a row":
            base.execute("UPDATE records SET data = substr(data, 1, 8) || '[\"\", [], []]'")
        elif damage == "foreign rows":
            import zlib

            body = '{"functions": 7}'
            base.execute("UPDATE records SET data = ?", (f"{zlib.crc32(body.encode()):08x}{body}",))
        else:
            base.execute("DROP TABLE records")
        base.commit()
        base.close()
    assert findings(project) == expected
    assert findings(project) == expected


def test_a_cache_folder_that_cannot_be_made(project):
    (project / ".preaudit_cache").write_text("a file where the folder should be")
    assert len(findings(project)) >= 6
    assert (project / ".preaudit_cache").read_text() == "a file where the folder should be"


def test_a_read_only_cache(project):
    expected = findings(project)
    path = database(project)
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        (project / "app" / "new.py").write_text("try:\n    f()\nexcept:\n    pass\n")
        assert [f for f in findings(project) if f[0] != "app/new.py"] == expected
    finally:
        path.parent.chmod(0o755)


def test_a_locked_cache_does_not_hold_a_run_up(project):
    expected = findings(project)
    holder = sqlite3.connect(database(project), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        assert findings(project) == expected
    finally:
        holder.rollback()
        holder.close()


def test_two_processes_at_once(project):
    code = "import sys; from preaudit_hooks.cli import entry; sys.argv = ['preaudit', 'check', '--output-format', 'concise']; entry()"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HOME / "plugins"), str(HOME / "hooks")]), "NO_COLOR": "1"}
    started = [
        subprocess.Popen([sys.executable, "-c", code], cwd=project, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]  # fmt: skip
    outputs = [one.communicate(timeout=120) for one in started]
    assert len({out for out, _ in outputs}) == 1
    assert all("Traceback" not in err for _, err in outputs)
    assert "AUD302" in outputs[0][0]
    assert check(project)[0]


def test_nothing_but_the_cache_folder_is_written(project):
    before = set(project.rglob("*"))
    findings(project)
    new = {p.relative_to(project).parts[0] for p in set(project.rglob("*")) - before}
    assert new == {".preaudit_cache"}
    assert (project / ".preaudit_cache" / ".gitignore").read_text() == "*\n"
