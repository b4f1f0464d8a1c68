"""What Compose itself says of the files: our merge, and what a file means before and after a fix.

Needs Compose (`docker compose` or docker-compose); without it the comparison cannot be made and is skipped.
"""

import json
import shutil
import subprocess

import pytest
from preaudit.core.edits import apply_to_bytes
from preaudit_hooks.documents.kinds import read
from preaudit_hooks.documents.stacks import build, env_values
from preaudit_hooks.facts.compose import collect_document
from preaudit_hooks.facts.dotenv import collect_document as collect_dotenv
from preaudit_hooks.registry import registry
from ruamel.yaml import YAML


def find():
    """Answer the command that runs Compose, [] if this machine has none."""
    if shutil.which("docker"):
        try:
            if subprocess.run(["docker", "compose", "version"], capture_output=True, timeout=30).returncode == 0:
                return ["docker", "compose"]
        except (OSError, subprocess.SubprocessError):
            pass
    return ["docker-compose"] if shutil.which("docker-compose") else []


COMPOSE = find()
pytestmark = pytest.mark.skipif(not COMPOSE, reason="neither docker compose nor docker-compose is installed here")


def config(folder, files=()):
    """Answer what Compose makes of the files of a folder, as plain data; fails with its own words."""
    names = [word for name in files for word in ("-f", name)]
    result = subprocess.run([*COMPOSE, *names, "config"], cwd=folder, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(result.stdout), default=str))


def targets(services):
    """Answer {service: sorted targets of its mounts} of Compose's answer."""
    return {name: sorted(target_of(each) for each in body.get("volumes", ())) for name, body in services.items()}


def target_of(volume):
    return volume["target"] if isinstance(volume, dict) else volume.split(":")[1]


def published(services):
    found = {}
    for name, body in services.items():
        ports = []
        for port in body.get("ports", ()):
            if isinstance(port, dict):
                ports.append((int(port["published"]) if port.get("published") else None, int(port["target"])))
            else:
                head = str(port).partition("/")[0].split(":")
                ports.append((int(head[-2]) if len(head) > 1 else None, int(head[-1])))
        found[name] = sorted(ports, key=str)
    return found


BASE = """\
version: "3.8"
x-common: &common
  restart: always
  volumes:
    - ./common:/srv/common
services:
  web:
    <<: *common
    image: shop
    ports: ["${WEB_PORT:-8000}:80", "9000:90"]
    environment: {A: "1", B: "2"}
    volumes:
      - ./uploads:/srv/uploads
      - data:/srv/data
  worker:
    <<: *common
    image: shop
    environment:
      - A=1
      - C=3
    ports: ["${PUBLISHED}:5000"]
volumes: {data: {}}
"""
OVER = """\
version: "3.8"
services:
  web:
    ports: ["9001:91"]
    environment: {B: "3"}
    volumes:
      - ./local:/srv/uploads
  worker:
    image: shop:2
    environment: [A=2, D=4]
  extra:
    image: other
    volumes: ["./x:/x:ro"]
"""
ENV = "PUBLISHED=5005\nWEB_PORT=8001\n"


@pytest.mark.parametrize("files", [("docker-compose.yml",), ("docker-compose.yml", "docker-compose.override.yml")])
@pytest.mark.parametrize("env", [ENV, "PUBLISHED=5006\n"])
def test_our_merge_is_theirs(tmp_path, files, env):
    texts = {"docker-compose.yml": BASE, "docker-compose.override.yml": OVER}
    for name in files:
        (tmp_path / name).write_text(texts[name])
    (tmp_path / ".env").write_text(env)
    theirs = config(tmp_path, files)["services"]
    facts = {name: collect_document(read(name, texts[name])) for name in files}
    ours = build(files, "", env_values(collect_dotenv(read(".env", env))), facts)
    assert sorted(ours.services) == sorted(theirs)
    assert {
        name: sorted(row[4] for row in service.fact.get("volumes", ())) for name, service in ours.services.items()
    } == targets(theirs)
    assert {
        name: sorted(((port.published, port.target) for port in service.ports()), key=str)
        for name, service in ours.services.items()
    } == published(theirs)
    assert {
        name: sorted(row[2] for row in service.fact.get("environment", ())) for name, service in ours.services.items()
    } == {name: sorted(body.get("environment", ())) for name, body in theirs.items()}
    assert {name: service.fact["image"] for name, service in ours.services.items()} == {
        name: body["image"] for name, body in theirs.items()
    }


DUPLICATES = [
    ("a block list", "    volumes:\n      - ./a:/srv/a\n      - ./b:/srv/b\n      - ./a:/srv/a  # again\n"),
    ("brackets", "    volumes: ['./a:/srv/a', './b:/srv/b', './a:/srv/a']\n"),
    ("environment", "    environment:\n      - A=1\n      - B=2\n      - A=1\n"),
    ("environment, three times", "    environment:\n      - A=1\n      - A=2\n      - A=1\n"),
    ("networks", "    networks: [one, two]\n    environment: [A=1, A=1]\n"),
]


@pytest.mark.parametrize("body", [row[1] for row in DUPLICATES], ids=[row[0] for row in DUPLICATES])
def test_a_fix_keeps_what_the_file_means(tmp_path, body):
    text = f'version: "3.8"\nservices:\n  web:\n    image: shop\n{body}networks: {{one: {{}}, two: {{}}}}\n'
    path = tmp_path / "docker-compose.yml"
    path.write_text(text)
    document = read("docker-compose.yml", text)
    drafts = [
        draft
        for code in ("AUD901", "AUD902")
        for kinds, check in registry().get(code).load().document_checks
        if "compose" in kinds
        for draft in check(document, None)
    ]
    assert drafts
    fixed = [draft for draft in drafts if draft.fix]
    try:
        before = config(tmp_path)
    except AssertionError as error:
        # Compose 1 refuses repeated entries that Compose 2 takes: then the fix is what makes the file valid.
        assert "unique" in str(error)
        before = None
    for draft in fixed:
        path.write_bytes(apply_to_bytes(text.encode(), draft.fix.edits))
        if before is not None:
            assert config(tmp_path) == before
    if before is None and fixed:
        config(tmp_path)
