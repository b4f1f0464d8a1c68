"""Which reader a file gets."""

import pytest
from preaudit_hooks.documents.kinds import is_example, kind_of, read
from preaudit_hooks.facts import of_document as facts_of

BY_NAME = {
    "compose": """docker-compose.yml docker-compose.yaml docker_compose.yml compose.yml compose.yaml
        compose.override.yml docker-compose.prod.yml docker-compose-dev.yaml compose-dev.yml deploy/local.compose.yml
        Docker-Compose.yml""",
    "dotenv": """.env .env.example .env.production prod.env config/app.env env.example .env.local app.env.sample
        .envs/.local/.django .env-docker .env_prod dotenv.sample""",
    "shell": "run.sh scripts/start.bash .envrc",
    "procfile": "Procfile Procfile.dev",
    "dockerfile": "Dockerfile docker/Dockerfile.dev api.Dockerfile Containerfile Dockerfile-prod",
    "systemd": "deploy/web.service",
    "workflow": ".github/workflows/ci.yml .github/workflows/ci.yaml",
    "app-spec": ".do/app.yaml .do/deploy.template.yaml",
    "config": """Makefile pyproject.toml setup.cfg .env.j2 .flake8 requirements/dev.txt k8s/web.yaml nginx.conf env-production.tf
        env-staging.tf infra/env.prod.tfvars .env.hcl""",
    "sql-migration": "migrations/001_users.sql db/migrate/2_x.sql",
    "": """environment.ts .env.d.ts env.py config.env.json compose.py composer.json values.yaml mkdocs.yml queries.sql poetry.lock
        myenv envoy.yaml Procfile.py app.yaml decompose.txt Dockerfile.md dev.env.lock env-dev.bat""",
}


@pytest.mark.parametrize("kind, path", [(kind, path) for kind, paths in BY_NAME.items() for path in paths.split()])
def test_by_name(kind, path):
    assert kind_of(path) == kind


APP = "name: shop\nservices:\n- name: api\n  run_command: x\n  http_port: 8080\n"
BY_TEXT = [
    ("app.yaml", APP, "app-spec"),
    ("deploy.template.yaml", "spec:\n  name: shop\n  services:\n  - name: api\n    http_port: 80\n", "app-spec"),
    ("db.yaml", "name: x\ndatabases:\n  - name: db\n    engine: PG\n", "app-spec"),
    (".do/app.yaml", "name: x\nworkers:\n- name: w\n", "app-spec"),
    ("local.yml", "services:\n  web:\n    image: nginx\n", "compose"),
    ("production.yml", "version: '3'\n\nservices: # all\n  web:\n    build: .\n", "compose"),
    ("chart.yaml", "kind: Service\nservices:\n  web:\n    image: nginx\n", ""),
    ("template.yml", "services:\n  {{ name }}:\n    image: nginx\n", ""),
    ("ci.yml", "jobs:\n- name: a\n  plan: x\n", ""),
    (".gitlab-ci.yml", "services:\n  - postgres:16\nname: x\n", "config"),
    ("values.yaml", "services:\n  web: 1\n", ""),
    ("bin/start", "#!/bin/sh\necho\n", "shell"),
    ("bin/start", "#!/usr/bin/env bash\necho\n", "shell"),
    ("bin/start", "#!/usr/bin/env python\n", ""),
    ("bin/start", "#!/usr/bin/fish\n", ""),
    ("docker-compose.yml", "", "compose"),
]


@pytest.mark.parametrize("path, text, kind", BY_TEXT)
def test_by_text(path, text, kind):
    assert kind_of(path, text) == kind


@pytest.mark.parametrize(
    "path, expected",
    [
        (".env.example", True),
        ("env.sample", True),
        ("template.env", True),
        (".env.dist", True),
        ("a/.env-example", True),
        ("docker-compose.example.yml", True),
        (".env", False),
        (".env.production", False),
        ("examples/.env", False),
    ],
)
def test_examples(path, expected):
    assert is_example(path) is expected


BAD = [
    "",
    "\ufeff",
    "\x00",
    "a: [",
    "- \n  - :\n\t- x",
    "services: *x",
    "services:\n  a: &a [*a]\n  b: *a",
    "[" * 3_000,
    "services:\n  w:\n    <<: *none\n",
    "services:\n  w:\n    volumes: 3\n    ports: {a: b}\n    environment: [1, [2]]\n",
    "services: [a, b]",
    "services:\n  w: null\n  ? [a]\n  : b\n",
    "\u2028\x85\x0c",
    "'\"",
    "$(",
    "${",
    "`",
    "cat <<EOF\n",
    "A='\n",
    "=x",
    "export",
    "export =",
    "A",
    "a b c",
    "x" * 1_000_001,
    "- " * 300,
    "\\",
    "FROM",
    "ENV",
    "CMD [",
    'CMD ["',
    "ENV A=",
    "jobs: {a: {steps: 3, env: [1]}}",
    "envs:\n- key: [a]\n  value: {b: c}\n",
    "name: x\nservices: {a: 1}",
    "spec: {services: [1, [2], {envs: 3}]}",
    "x: 1\n---\ny: 2\n",
    "%YAML 9\n---\n",
    "a: !!python/object:os.system x",
    "\ud800",
    "a: 1\rb: 2\r",
    "sh -c",
    'sh -c "sh -c \'sh -c "',
    "web: ",
    "Environment=",
    "ExecStart=",
    "A=$((1 << 2))",
]


LONG = [
    "A=" + "x" * 200_000,
    "x: " + "a#" * 100_000,
    "cat > .env <<EOF\n" + "A=$B\n" * 20_000,
    "services:\n" * 20_000,
    "x " + "-" * 200_000,
]


@pytest.mark.parametrize("text", LONG, ids=["value", "hashes", "heredoc", "sections", "dashes"])
def test_long_texts_end(text):
    """Whatever is quadratic in one of these takes hours instead of a moment."""
    for kind in ("dotenv", "shell", "compose", "app-spec", "config"):
        document = read("x", text, kind)
        assert facts_of(document) is not None
    assert kind_of("x.yaml", text) in ("", "compose", "app-spec", "config")


@pytest.mark.parametrize(
    "kind",
    [
        "compose",
        "app-spec",
        "workflow",
        "dotenv",
        "shell",
        "procfile",
        "dockerfile",
        "systemd",
        "config",
        "sql-migration",
    ],
)
def test_bad_input_never_raises(kind):
    for text in BAD:
        document = read("x", text, kind)
        for place in document.problems:
            assert place.line >= 1 and place.column >= 1 and place.message.isascii()


def test_unknown_kind():
    assert read("x.txt", "hello") is None
