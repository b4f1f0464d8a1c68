"""What is no Python of the project is left alone: templates of generators, and files of others that do not parse."""

import pytest
from preaudit.core.runner import check_text
from preaudit.core.settings import Settings
from preaudit.core.templates import in_template, is_template
from projects import FILES, check, flake8, run, write

BARE = "try:\n    f()\nexcept:\n    pass\n"
TEMPLATES = {
    "a name": "class {{ cookiecutter.name }}Plugin:\n    pass\n",
    "an import": "import os\nfrom {{cookiecutter.slug}}.app import x\n",
    "a filter": "def {{ name|lower }}():\n    pass\n",
    "a statement": "import os\n{% if cookiecutter.celery == 'y' %}\nimport celery\n{% endif %}\n",
    "two ways": "{% if a %}\nx = 1\n{% else %}\ndef f():\n    pass\n{% endif %}\n",
    "trimmed": "{%- set name = 'a' -%}\nx = 1\n",
    "a comment": "{# what this is\n for #}\n{% if a %}x = 1{% endif %}\n",
    "in two places": "x = {{ a }}\n\n\ndef {{ b }}():\n    def (\n",
}
MISTAKES = {
    "Jinja in a string": 'X = """\n{% if a %}\n{{ b }}\n"""\ndef f(:\n',
    "Jinja in a string, before": 'def f(:\n    return "{% if a %}"\n',
    "an f-string": 'x = f"{{a}} {a b}"\n',
    "an f-string of braces": 'x = f"{{ {a b} }}"\n',
    "a set": "x = {{1}\n",
    "an unclosed mark": "x = 1\n{% if a\n",
    "no mark": "def f(:\n    pass\n",
}


@pytest.mark.parametrize("text", TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_is_left_alone(text):
    assert check_text(text + "\n# noqa: AUD401\n") == []


@pytest.mark.parametrize("text", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_python_stays_one(text):
    assert [finding.code for finding in check_text(text)] == ["AUD000"]


@pytest.mark.parametrize("line", [0, -1, 1, 99])
def test_any_line_may_be_asked_for(line):
    assert is_template("{% if a %}\nx = 1\n{% endif %}\n", line) is (line == 1)


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("{{cookiecutter.slug}}/app.py", True),
        ("templates/{{ name }}/src/a.py", True),
        ("a/{% if celery %}worker.py{% endif %}", True),
        ("templates/app.py", False),
        ("{cookiecutter}/app.py", False),
    ],
)
def test_paths_that_are_filled_in(path, there):
    assert in_template(path) is there


TREE = {
    **FILES,
    "skeleton/{{cookiecutter.name}}/main.py": BARE,
    "skeleton/{{cookiecutter.name}}/broken.py": "import {{cookiecutter.name}}\n",
    "skeleton/{{cookiecutter.name}}/docker-compose.yml": "services:\n  web: {{x\n",
    "app/filled.py": "from {{ cookiecutter.name }} import x  # noqa: AUD401\n",
}


def test_a_folder_that_is_filled_in_is_no_part_of_the_project(tmp_path):
    write(tmp_path, TREE)
    lines, status = check(tmp_path, "--select", "AUD")
    assert status == 1
    assert lines and not any("{{" in line or "filled.py" in line for line in lines)
    lines, status = check(tmp_path, *(path for path in TREE if "{{" in path), "app/filled.py")
    assert (lines, status) == ([], 0)


def test_other_doors_leave_it_alone_too(tmp_path):
    write(tmp_path, TREE)
    path = "skeleton/{{cookiecutter.name}}/main.py"
    assert flake8(tmp_path, path) == ([], 0)
    assert flake8(tmp_path, "-", "--stdin-display-name", path, stdin=BARE) == ([], 0)
    done = run(tmp_path, "check", "-", "--stdin-filename", path, "--output-format", "concise", stdin=BARE)
    assert (" AUD" in done.stdout, done.returncode) == (False, 0)


def test_the_same_folder_is_a_project_of_its_own(tmp_path):
    """Its own root is not a part of a path that is filled in: that is how a template's author checks it."""
    root = write(tmp_path, TREE) / "skeleton" / "{{cookiecutter.name}}"
    (root / "pyproject.toml").write_text("")
    lines, status = check(tmp_path, "skeleton/{{cookiecutter.name}}", "--select", "AUD401")
    assert [line.rpartition("/")[2].split(":")[:2] for line in lines if "AUD401" in line] == [["main.py", "3"]]


OTHERS = {
    "vendor/old.py": 'print "hello"\n',
    "third/bytes.py": b"x = '\xff'\n",
    "third/null.py": b"x = 1\0\n",
    "third/docker-compose.yml": "services:\n\tweb: {}\n",
    "third/silenced.py": "try:\n    f()\nexcept OSError:  # noqa: AUD401\n    pass\n",
    "third/bare.py": BARE,
    "api_pb2.py": "print 'x'\n",
}


def test_nothing_is_said_of_files_of_others(tmp_path):
    write(tmp_path, {**FILES, **OTHERS, ".gitattributes": "third/** linguist-vendored\n"})
    lines, status = check(tmp_path, "--select", "AUD")
    assert status == 1
    assert not [line for line in lines if line.startswith(("vendor/", "third/", "api_pb2"))]
    assert check(tmp_path, *OTHERS) == ([], 0)


def test_the_same_files_are_broken_where_they_are_the_projects_own(tmp_path):
    write(tmp_path, {**FILES, **{path.replace("vendor/", "own/"): data for path, data in OTHERS.items()}})
    lines, status = check(tmp_path)
    assert status == 2
    broken = {line.split(":")[0] for line in lines if "AUD000" in line}
    assert broken == {"own/old.py", "third/bytes.py", "third/null.py", "third/docker-compose.yml"}


def test_an_option_says_so_too():
    settings = Settings({"vendored": ["app.py"]})
    assert check_text("print 'x'\n", settings=settings) == []
    assert len(check_text("print 'x'\n")) == 1


BUILDS = {
    "build/lib/app/a.py": BARE,
    "dist/a.py": BARE,
    "env/lib/a.py": BARE,
    "web/build/a.py": BARE,
    "node_modules/x/app/__init__.py": "",
    "node_modules/x/app/build/a.py": BARE,
    "app/__pycache__/a.py": BARE,
    "app/build/__init__.py": "",
    "app/build/a.py": BARE,
    "app/build/deep/dist/a.py": BARE,
    "app/env/a.py": BARE,
}


def bare(folder, *arguments):
    return [line.split(":")[0] for line in check(folder, "--select", "AUD401", *arguments)[0] if "AUD401" in line]


def test_a_package_called_build_is_part_of_the_package_around_it(tmp_path):
    """What setuptools writes lies beside packages; what lies in one was written by hand."""
    write(tmp_path, {**FILES, **BUILDS})
    own = ["app/api.py", "app/build/a.py", "app/env/a.py"]
    assert bare(tmp_path) == own
    assert bare(tmp_path, "--force-exclude", *BUILDS) == own[1:]
    (tmp_path / "preaudit.toml").write_text('extend-exclude = ["app/build/"]\n')
    assert bare(tmp_path) == ["app/api.py", "app/env/a.py"]
    (tmp_path / "preaudit.toml").write_text('exclude = ["build/", "env/", "dist/", "web/", "node_modules"]\n')
    assert bare(tmp_path) == ["app/__pycache__/a.py", "app/api.py"]
