"""The recipes for CI, run by the shell as a runner would, as far as that needs no network."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from preaudit_hooks.commands.setup_files import JOB, WORKFLOW
from ruamel.yaml import YAML

HOME = Path(__file__).resolve().parent.parent.parent
UNUSED = "x = 1  # preaudit: ignore[AUD000] gone\n"
STRANGE = "it's; a $(touch pwned) `touch pwned` name.py"


def yaml(text):
    return YAML(typ="safe").load(text)


@pytest.fixture
def runner(tmp_path):
    """Run a shell script in a project as a runner does; `preaudit` on its path is the checkout's."""
    shims = tmp_path / "bin"
    shims.mkdir()
    shim = shims / "preaudit"
    shim.write_text(f"#!{sys.executable}\nfrom preaudit_hooks.cli import entry\nentry()\n")
    shim.chmod(0o755)
    project = tmp_path / "project"
    project.mkdir()
    (project / "a.py").write_text(UNUSED)
    (project / STRANGE).write_text(UNUSED)

    def git(*arguments):
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", *identity, *arguments], cwd=project, check=True, capture_output=True, timeout=60)

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "one")

    def run(script, **extra):
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "SKIP"))}
        environment |= {
            "PATH": f"{shims}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "CI": "true",
            "GITHUB_OUTPUT": str(tmp_path / "output"),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
            **extra,
        }
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(shell, cwd=project, env=environment, capture_output=True, text=True, timeout=120)

    run.project, run.folder = project, tmp_path
    return run


def action_step(name, **inputs):
    """Answer (script, environment) of a step of the action with these inputs."""
    action = yaml((HOME / "action.yml").read_text())
    (step,) = [step for step in action["runs"]["steps"] if step["name"] == name]
    values = {key: str(spec.get("default", "")) for key, spec in action["inputs"].items()}
    values |= {key.replace("_", "-"): value for key, value in inputs.items()}
    environment = {}
    for key, value in step.get("env", {}).items():
        (expression,) = re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", value)
        environment[key] = values[expression]
    assert "${{" not in step["run"], "inputs reach a script as environment only, never as text"
    return step["run"], environment


ACTIONS = [
    # inputs, exit status, what is printed
    ({}, 1, "::notice file=a.py,line=1"),
    ({"paths": "a.py\n"}, 1, "::notice file=a.py,line=1"),
    ({"paths": STRANGE}, 1, "touch pwned"),
    ({"select": "AUD000"}, 0, ""),
    ({"fail_on": "high"}, 0, "::notice"),
    ({"diff": "HEAD"}, 0, ""),
    ({"select": "$(touch pwned)"}, 2, ""),
    ({"paths": "gone.py"}, 2, ""),
]


@pytest.mark.parametrize(("inputs", "status", "printed"), ACTIONS)
def test_the_action_checks(runner, inputs, status, printed):
    script, environment = action_step("Check", **inputs)
    done = runner(script, **environment)
    assert done.returncode == status, done.stdout + done.stderr
    assert printed in done.stdout and (printed or not done.stdout)
    assert not (runner.project / "pwned").exists()


def test_the_action_writes_sarif_and_says_where(runner):
    script, environment = action_step("Check", sarif="out.sarif")
    assert runner(script, **environment).returncode == 1
    run = json.loads((runner.project / "out.sarif").read_text())["runs"][0]
    assert len(run["results"]) == 2
    assert (runner.folder / "output").read_text() == "sarif=out.sarif\n"


def test_the_action_reports(runner):
    script, environment = action_step("Report")
    done = runner(script, **environment)
    assert done.returncode == 0 and done.stdout == ""
    assert (runner.folder / "summary.md").read_text().startswith("# Audit report")


def test_the_action_installs_what_it_was_taken_from_or_a_release(runner):
    script, environment = action_step("Install preaudit")
    for version, wanted in (("", "/action"), ("1.2.3", "preaudit==1.2.3")):
        fake = 'python3() { mkdir -p "$3/bin"; printf "#!/bin/sh\\necho \\"\\$@\\" > $PIP_LOG\\n" > "$3/bin/pip"; '
        fake += 'chmod +x "$3/bin/pip"; }\n'
        log = runner.folder / "pip"
        extra = {
            "RUNNER_TEMP": str(runner.folder / f"temp{version}"), "GITHUB_ACTION_PATH": "/action", "PIP_LOG": str(log),
            "GITHUB_PATH": str(runner.folder / "path"),
        }  # fmt: skip
        done = runner(fake + script, **{**environment, "PREAUDIT_VERSION": version, **extra})
        assert done.returncode == 0, done.stderr
        assert log.read_text().split() == ["install", "--quiet", wanted]


def gitlab_jobs():
    yield yaml((HOME / "ci" / "gitlab.yml").read_text())["preaudit"]
    yield yaml(JOB.format(version="0.1.0", stage=""))["preaudit"]


@pytest.mark.parametrize("job", list(gitlab_jobs()))
def test_the_gitlab_job(runner, job):
    lines = [line for line in job["script"] if "pip install" not in line]
    done = runner("\n".join(lines), **{key: str(value) for key, value in job["variables"].items()})
    assert done.returncode == 1 and "a.py:1:8: AUD998" in done.stdout
    report = job["artifacts"]["reports"]["codequality"]
    rows = json.loads((runner.project / report).read_text())
    assert len({row["fingerprint"] for row in rows}) == len(rows) == 2


def test_the_workflow_that_init_writes(runner):
    (job,) = yaml(WORKFLOW.format(version="0.1.0"))["jobs"].values()
    scripts = [step["run"] for step in job["steps"] if "run" in step and "pip install" not in step["run"]]
    check, report = (runner(script) for script in scripts)
    assert check.returncode == 1 and "::notice file=a.py" in check.stdout
    assert report.returncode == 0 and (runner.folder / "summary.md").exists()


def test_the_plain_command(runner):
    assert runner("preaudit check").returncode == 1
    assert runner("preaudit baseline && preaudit check").returncode == 0
    (runner.project / "a.py").write_text("x = 1\n")
    assert runner("preaudit check").returncode == 1, "a stale entry fails in CI"
