"""`preaudit doctor`: what in this project would silence AUD codes, and what to write instead."""

from __future__ import annotations

import configparser
import os
import re
import sys

from preaudit import __version__

from preaudit_hooks.commands import arguments, terminal
from preaudit_hooks.output.context import printable
from preaudit_hooks.output.terminal import Paint

EXAMPLES = """\
  preaudit doctor
  preaudit doctor && echo nothing is in the way

exit status: 0 nothing is in the way, 1 something is
"""
GOOD, BAD, HINT = "ok", "problem", "note"


def parser():
    """Answer the parser of `doctor`."""
    made = arguments.Parser("doctor", "Explain what would silence AUD codes in this project.", EXAMPLES)
    arguments.add_common(made.add_argument_group("output"))
    return made


def run(argv):
    """Run `preaudit doctor` and answer the exit status."""
    options = parser().parse_args(argv)
    paint = Paint(terminal.wants_color(options.color, sys.stdout))
    from preaudit.core.settings import find_root

    root = find_root(os.getcwd())
    sys.stdout.write(f"preaudit {__version__}, project {printable(root)}\n")
    bad = False
    for look in (settings, python, installation, flake8, ruff, pre_commit, baseline, comments, history):
        for kind, text in look(root):
            bad = bad or kind == BAD
            shown = {GOOD: paint.green("ok     "), BAD: paint.code("31", "problem"), HINT: paint.code("33", "note   ")}
            sys.stdout.write(f"{shown[kind]} {printable(text)}\n")
    return 1 if bad else 0


def settings(root):
    """Yield what is to say of [tool.preaudit]."""
    from preaudit.core.selection import select
    from preaudit.core.settings import SettingsError, load

    from preaudit_hooks.registry import registry

    known = registry()
    try:
        found = load(os.getcwd())
        found.check_words(known)
    except SettingsError as error:
        for message in error.errors:
            yield BAD, message
        return
    where = os.path.relpath(found.source, os.getcwd()) if found.source else "none, so the defaults hold"
    codes = select(known, found.select, found.extend_select, found.ignore)
    usual = select(known)
    yield GOOD, f"configuration: {where}; {len(codes)} of {len(known)} codes run"
    off = sorted(usual - codes)
    if off:
        yield HINT, f"configuration leaves out codes that are on by default: {', '.join(off)}"
    above = [place for place in configurations(found.root) if place != found.source]
    if found.source and above:
        yield HINT, f"{os.path.relpath(above[0], os.getcwd())} is not read: the configuration nearest to the run wins"
    for pattern in found.per_file_ignores:
        if pattern in ("*", "**", "*.py", "**/*.py"):
            yield (
                BAD,
                f"per-file-ignores {pattern!r} silences its codes in every file; use ignore, or narrow the pattern",
            )
    skipped = [word for word in os.environ.get("SKIP", "").split(",") if "AUD" in word.upper() or "preaudit" in word]
    if skipped:
        yield BAD, f"the environment variable SKIP leaves out {', '.join(skipped)}"


def python(root):
    """Yield what is to say of the Python that runs: it has to be able to read the project."""
    from preaudit.core.project import Project
    from preaudit.core.pythons import written_for

    here, wanted = sys.version_info[:2], written_for(Project(root, paths=[]), "pyproject.toml")
    shown, needed = (".".join(map(str, version)) for version in (here, wanted))
    if wanted > here:
        yield (
            BAD,
            f"this is Python {shown} and the project is written for {needed}: files with newer syntax are not checked; "
            f"install preaudit under that (pre-commit: language_version: python{needed})",
        )
    else:
        yield GOOD, f"Python {shown} reads this project" + (f", which is written for {needed}" if wanted else "")


def configurations(root):
    """Answer the files with a configuration of ours in the folders above the root, nearest first."""
    from preaudit.core.settings import OURS

    found, place = [], os.path.dirname(root)
    while True:
        for name in ("preaudit.toml", "pyproject.toml"):
            path = os.path.join(place, name)
            text = text_of(path)
            if text is not None and (name == "preaudit.toml" or OURS.search(text)):
                found.append(path)
        if os.path.exists(os.path.join(place, ".git")) or os.path.dirname(place) == place:
            return found
        place = os.path.dirname(place)


def text_of(path):
    """Answer a file's text, None where it cannot be read."""
    try:
        with open(path, encoding="utf-8-sig", errors="replace") as stream:
            return stream.read(2_000_000)
    except OSError:
        return None


def installation(root):
    """Yield what is to say of flake8 and the plugin in this environment."""
    from importlib.metadata import PackageNotFoundError, entry_points, version

    try:
        found = version("flake8")
    except PackageNotFoundError:
        yield HINT, "flake8 is not installed in this environment; preaudit check does not need it"
        return
    names = [point.name for point in entry_points(group="flake8.extension")]
    if "AUD" in names:
        yield GOOD, f"flake8 {found} in this environment has the plugin"
    else:
        yield BAD, f"flake8 {found} in this environment lacks the plugin; install preaudit where flake8 is installed"
    if "NQA" in "".join(names):
        yield HINT, "flake8-noqa judges noqa comments, too; both call the same unused ones"


def flake8(root):
    """Yield what flake8's configuration does to AUD codes; read as flake8 reads it."""
    text = text_of(os.path.join(root, "pyproject.toml"))
    if text and re.search(r"^\s*\[tool\.flake8\]", text, re.MULTILINE):
        yield HINT, "flake8 does not read [tool.flake8] of pyproject.toml (only the plugin Flake8-pyproject does)"
    found = None
    for name in ("setup.cfg", "tox.ini", ".flake8"):
        text = text_of(os.path.join(root, name))
        if text is None:
            continue
        config = configparser.RawConfigParser()
        try:
            config.read_string(text)
        except configparser.Error as error:
            line = str(error).replace("\n", " ")
            yield BAD, f"flake8 ignores {name} without a word, for it cannot be parsed: {line}"
            continue
        if config.has_section("flake8"):
            if found:
                yield HINT, f"flake8 reads {found[0]}, so [flake8] of {name} is without effect"
            else:
                found = (name, {key.replace("_", "-"): value for key, value in config.items("flake8")})
    if not found:
        yield GOOD, "flake8 has no configuration here that hides codes"
        return
    problems = list(flake8_options(*found))
    yield from problems or [(GOOD, f"[flake8] of {found[0]} hides no AUD code")]


def flake8_options(name, options):
    """Yield what the options of [flake8] hide."""
    from preaudit_hooks.commands.setup_files import split_codes

    def ours(codes):
        return sorted(code for code in codes if code.startswith("AUD") or ("AUD".startswith(code) and code))

    chosen = split_codes(options.get("select", ""))
    if chosen and not ours(chosen | split_codes(options.get("extend-select", ""))):
        yield BAD, f"{name}: select = {', '.join(sorted(chosen))} hides every AUD code; add extend-select = AUD"
    for option in ("ignore", "extend-ignore"):
        hidden = ours(split_codes(options.get(option, "")))
        if hidden:
            wide = any(len(code) < 6 for code in hidden)
            yield BAD if wide else HINT, f"{name}: {option} hides {', '.join(hidden)}"
    for line in options.get("per-file-ignores", "").split("\n"):
        pattern, _, codes = line.partition(":")
        hidden = ours(split_codes(codes))
        if hidden and pattern.strip() in ("*", "*.py", "**", "./*"):
            yield BAD, f"{name}: per-file-ignores hides {', '.join(hidden)} in {pattern.strip()}"
    if options.get("disable-noqa", "").lower() in ("true", "1", "yes", "on"):
        yield (
            HINT,
            f"{name}: disable-noqa makes flake8 show what noqa comments silence; preaudit check still honours them",
        )
    if options.get("format", "default") not in ("default", "pylint"):
        yield HINT, f"{name}: format hides all findings from editors; put it on the command line instead"
    if options.get("quiet", "0") not in ("0", "false", "False"):
        yield BAD, f"{name}: quiet hides the codes of findings"
    if options.get("require-plugins", "").strip():
        yield HINT, f"{name}: require-plugins stops flake8 in a hook that does not have them; add them there"


def ruff(root):
    """Yield whether ruff would delete our noqa comments."""
    from preaudit_hooks.commands.setup_files import below, external

    for name, prefix in (("ruff.toml", ""), (".ruff.toml", ""), ("pyproject.toml", "tool.ruff")):
        text = text_of(os.path.join(root, name))
        if text is None:
            continue
        import tomllib

        try:
            table = below(tomllib.loads(text), prefix)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            yield BAD, f"{name} is no valid TOML: {error}"
            continue
        if prefix and not table:
            continue
        if any("AUD".startswith(str(code)) for code in external(table)):
            yield GOOD, f"{name}: ruff knows AUD as codes of another tool"
            return
        lint = table.get("lint") if isinstance(table.get("lint"), dict) else {}
        chosen = [
            *lint.get("select", table.get("select", [])),
            *lint.get("extend-select", table.get("extend-select", [])),
        ]
        strict = [code for code in chosen if code in ("ALL", "RUF", "RUF1", "RUF10", "RUF100", "RUF102")]
        what = f"with {', '.join(strict)} selected ruff deletes" if strict else "ruff can delete"
        kind = BAD if strict else HINT
        yield (
            kind,
            f'{name}: {what} `# noqa: AUD...` comments; add external = ["AUD"] to [{"tool.ruff." if prefix else ""}lint]',
        )
        return


def pre_commit(root):
    """Yield whether pre-commit runs preaudit, and what keeps it from it."""
    name = ".pre-commit-config.yaml"
    text = text_of(os.path.join(root, name))
    if text is None:
        yield HINT, f"no {name}: nothing runs on commit; preaudit init writes it"
        return
    from preaudit_hooks.commands.setup_files import repos_of

    repos = repos_of(text)
    if repos is None:
        yield BAD, f"{name} cannot be read, so pre-commit runs nothing"
        return
    hooks = [
        hook for repo in repos if isinstance(repo, dict) for hook in repo.get("hooks") or () if isinstance(hook, dict)
    ]
    ours = [hook for hook in hooks if str(hook.get("id", "")).startswith("preaudit")]
    beside = [hook for hook in hooks if "preaudit" in " ".join(map(str, hook.get("additional_dependencies") or ()))]
    if not ours and not beside:
        yield BAD, f"{name} does not run preaudit; preaudit init adds it"
        return
    yield GOOD, f"{name} runs {', '.join(str(hook.get('id')) for hook in ours or beside)}"
    single = [hook for hook in ours if hook["id"] not in UMBRELLAS]
    if len(single) > 5:
        yield (
            HINT,
            f"{name} starts {len(single)} single hooks, one process each; the hook preaudit is one process for all",
        )
    for hook in ours:
        if hook.get("stages") == ["manual"]:
            yield BAD, f"{name}: {hook['id']} runs by hand only (stages: [manual])"
        if hook.get("exclude") in (".*", "", "^"):
            yield BAD, f"{name}: {hook['id']} excludes every file"
    if re.search(r"^\s*skip:.*preaudit", text, re.MULTILINE):
        yield HINT, f"{name}: pre-commit.ci skips preaudit"
    folder = os.path.join(root, ".git", "hooks", "pre-commit")
    if os.path.isdir(os.path.join(root, ".git")) and not os.path.exists(folder):
        yield HINT, "pre-commit is not installed into this clone; run pre-commit install"


UMBRELLAS = ("preaudit", "preaudit-python", "preaudit-config", "preaudit-project", "preaudit-fix")


def baseline(root):
    """Yield what is to say of the baseline."""
    from preaudit.core.baseline import BaselineError, read
    from preaudit.core.settings import SettingsError, load

    try:
        name = load(os.getcwd()).baseline
    except SettingsError:
        return
    try:
        found = read(os.path.join(root, name), name)
    except BaselineError as error:
        yield BAD, str(error)
        return
    if found is not None:
        yield HINT, f"{name} accepts {len(found)} findings; preaudit check --no-baseline shows them"


def comments(root):
    """Yield the files that a `# flake8: noqa` line silences as a whole."""
    from preaudit.core.files import project_files

    silent = []
    for path in project_files(root):
        if not path.endswith(".py"):
            continue
        text = text_of(os.path.join(root, path))
        if text and "flake8" in text and re.search(r"^\s*# flake8[:=]\s*noqa", text, re.MULTILINE | re.IGNORECASE):
            silent.append(path)
    if silent:
        some = ", ".join(silent[:5]) + (f" and {len(silent) - 5} more" if len(silent) > 5 else "")
        yield HINT, f"`# flake8: noqa` silences whole files: {some}"


def history(root):
    """Yield whether --diff can work here."""
    from preaudit_hooks.cli import Usage
    from preaudit_hooks.commands.history import Repository

    try:
        shallow = Repository(root).is_shallow()
    except Usage as error:
        yield HINT, f"{error}; --diff and report --since need one"
        return
    if shallow:
        yield HINT, "the clone is shallow; --diff and report --since need its history (fetch-depth: 0)"
