"""No door shows a secret: every format, the cache and the baseline, on files full of them."""

import subprocess
import sys

import pytest
from preaudit_hooks.output import FORMATS

FILES = {
    ".env": "POSTGRES_PASSWORD=quartz-17\nPOSTGRES_PASSWORD=quartz-17\nDATABASE_URL=postgres://u:quartz-17@db/x\nA=1\nA=2\n",
    "docker-compose.yml": "services:\n  db:\n    image: postgres\n    environment:\n      - DB_PASSWORD=quartz-17\n"
    "      - DB_PASSWORD=quartz-18\n      - API_KEY=${API_KEY:-quartz-17}\n    command: redis --requirepass quartz-17\n",
    ".do/app.yaml": "name: x\nservices:\n- name: w\n  http_port: 1\n  envs:\n  - key: JWT_SECRET\n    value: quartz-17\n",
    "run.sh": "export API_TOKEN=quartz-17\nexport RETRY_TIMEOUT=5\ncurl -H $API_TOKEN http://x\n",
}


@pytest.fixture
def project(tmp_path):
    for path, text in FILES.items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return tmp_path


def preaudit(project, *arguments):
    command = [sys.executable, "-m", "preaudit_hooks", *arguments]
    result = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120)
    return result.stdout + result.stderr


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_formats(project, name):
    shown = preaudit(project, "check", ".", "--select", "AUD9", "--output-format", name)
    assert "AUD907" in shown and "quartz" not in shown


def test_cache_and_baseline(project):
    preaudit(project, "check", ".", "--select", "AUD9")
    preaudit(project, "baseline", "--update")
    kept = [path for path in project.rglob("*") if path.is_file() and str(path.relative_to(project)) not in FILES]
    assert kept and not [path for path in kept if b"quartz" in path.read_bytes()]
