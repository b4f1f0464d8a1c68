"""The files that `preaudit init` sets up: what each should say, as text edits on what it says now."""

from __future__ import annotations

import configparser
import json
import os
import re
import tomllib

from preaudit import __version__

HOOK = """\
- repo: local
  hooks:
    - id: preaudit
      name: preaudit
      entry: preaudit check --force-exclude
      language: python
      additional_dependencies: ["preaudit=={version}"]
      types: [text]
      exclude: "^-"
      require_serial: true
"""
TABLE = """\
[tool.preaudit]
# What runs: codes, prefixes, rule names, areas, severities, or the presets default, audit, all.
select = ["default"]
# The lowest severity that makes the exit status 1.
fail-on = "low"
"""
WORKFLOW = """\
name: preaudit
on:
  push:
    branches: [main, master]
  pull_request:
permissions:
  contents: read
jobs:
  preaudit:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - uses: actions/setup-python@v5
        with:
          python-version: "3.13"
      - run: python -m pip install "preaudit=={version}"
      - run: preaudit check --output-format github
      - if: always()
        run: preaudit report --step-summary > audit.md
"""
JOB = """\
preaudit:
  image: python:3.13-slim
{stage}  variables:
    GIT_DEPTH: "0"
  script:
    - python -m pip install "preaudit=={version}"
    - preaudit check --output-format concise --output-format gitlab:gl-code-quality-report.json
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
"""
SEVERITY = '"flake8.severity": {"AUD": "Warning", "E": "Error", "F": "Error", "W": "Warning"}'

STAGES = re.compile(r"^stages\s*:\s*\[([^\]\n]*)\]|^stages\s*:\s*\n((?:[ \t]*(?:-[^\n]*|#[^\n]*)?\n)+)", re.MULTILINE)
LARGEST = 2_000_000  # bytes; no configuration file is larger


class Refused(Exception):
    """A file that is better left to its owner; the text says why, and what to write there."""


class Change:
    """One file before and after, texts with `\\n` line breaks; `raw` holds the bytes on disk, None for a new file."""

    __slots__ = ("path", "before", "after", "why", "raw")

    def __init__(self, path, before, after, why, raw):
        """Hold it; `why` says what the change is for."""
        self.path, self.before, self.after, self.why, self.raw = path, before, after, why, raw

    def data(self):
        """Answer the bytes to write: byte order mark and line breaks of the file as it is."""
        raw = self.raw or b""
        text = self.after.replace("\n", "\r\n") if b"\r\n" in raw else self.after
        return (b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b"") + text.encode("utf-8")


class Files:
    """The project's files as the steps so far would leave them."""

    def __init__(self, root):
        """Work on the files of this folder."""
        self.root = root
        self._raw: dict = {}
        self._before: dict = {}
        self._after: dict = {}
        self._why: dict = {}

    def read(self, path):
        """Answer a file's text with `\\n` line breaks, None if there is no such file; Refused if it is unreadable."""
        if path not in self._after:
            try:
                with open(os.path.join(self.root, path), "rb") as stream:
                    raw = stream.read(LARGEST)
                text = raw.decode("utf-8-sig").replace("\r\n", "\n")
            except FileNotFoundError:
                raw = text = None
            except (OSError, UnicodeDecodeError) as error:
                raise Refused(f"{path} is left alone: it cannot be read ({error})") from error
            self._raw[path], self._before[path], self._after[path] = raw, text, text
        return self._after[path]

    def change(self, path, text, why):
        """Set what a file is to say."""
        self.read(path)
        self._after[path] = text
        self._why.setdefault(path, []).append(why)

    def has(self, path):
        """Answer whether there is such a folder or file on disk."""
        return os.path.exists(os.path.join(self.root, path))

    def changes(self):
        """Answer the changes, in the order in which the steps made them."""
        return [
            Change(path, self._before[path] or "", self._after[path], "; ".join(why), self._raw[path])
            for path, why in self._why.items()
            if self._before[path] != self._after[path]
        ]


def plan(session, ci):
    """Answer (changes, remarks): what is to be written, and what is left to the user and why."""
    files, remarks = Files(session.root), []
    steps = [
        lambda: pre_commit(files),
        lambda: own_table(files, session.settings.source),
        lambda: ruff(files),
        lambda: flake8(files),
        lambda: github(files, ci),
        lambda: gitlab(files, ci),
        lambda: vscode(files),
    ]
    for step in steps:
        try:
            remark = step()
        except Refused as error:
            remark = str(error)
        if remark:
            remarks.append(remark)
    return files.changes(), remarks


def joined(text, block):
    """Answer a text with a block behind it, an empty line between."""
    if not text.strip():
        return block
    return text.rstrip("\n") + "\n\n" + block


# pre-commit


def pre_commit(files):
    """Give .pre-commit-config.yaml one local hook that installs this version."""
    path = ".pre-commit-config.yaml"
    text = files.read(path)
    hook = HOOK.format(version=__version__)
    why = "the umbrella hook, one process a commit"
    if text is None:
        return files.change(path, "repos:\n" + indented(hook, "  "), why)
    if re.search(r"\bid:\s*[\"']?preaudit\b", text):
        return None
    after = with_repo(text, hook)
    before_repos, after_repos = repos_of(text), repos_of(after) if after else None
    if before_repos is None or after_repos is None or after_repos[:-1] != before_repos:
        raise Refused(f"{path} is left alone: its form is not one to edit safely; add this to repos:\n{hook.rstrip()}")
    return files.change(path, after, why)


def indented(block, indent):
    """Answer a block with each line indented."""
    return "".join(indent + line if line.strip() else line for line in block.splitlines(keepends=True))


def with_repo(text, hook):
    """Answer the text with the hook at the end of `repos`, in the indentation of its neighbours; '' if unclear."""
    lines = text.split("\n")
    start = next((n for n, line in enumerate(lines) if re.match(r"repos\s*:", line)), None)
    if start is None:
        return joined(text, "repos:\n" + indented(hook, "  "))
    if re.match(r"repos\s*:\s*\[\s*\]\s*(#.*)?$", lines[start]):
        lines[start] = "repos:\n" + indented(hook, "  ").rstrip("\n")
        return "\n".join(lines)
    if not re.match(r"repos\s*:\s*(#.*)?$", lines[start]):
        return ""
    end, indent = start + 1, None
    for number in range(start + 1, len(lines)):
        line = lines[number]
        item = re.match(r"( *)- ", line)
        if indent is None and item:
            indent = item.group(1)
        if line.strip() and not line.lstrip().startswith("#"):
            # The next key of the document ends the list; at column 0 only an item of it may stand.
            if not line[0].isspace() and not (indent == "" and item):
                break
            end = number + 1
    return "\n".join(
        [*lines[:end], indented(hook, indent or ("" if indent == "" else "  ")).rstrip("\n"), *lines[end:]]
    )


def repos_of(text):
    """Answer the `repos` of a pre-commit configuration as plain objects, None if it cannot be read as one."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        document = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, RecursionError, ValueError):
        return None
    if document is None:
        return []
    if not isinstance(document, dict):
        return None
    repos = document.get("repos")
    return [] if repos is None else repos if isinstance(repos, list) else None


# TOML


def toml(text, path):
    """Answer a TOML text as a dict; Refused if it is none."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Refused(f"{path} is left alone: it is no valid TOML ({error})") from error


def own_table(files, source):
    """Give the project its `[tool.preaudit]`, in pyproject.toml or preaudit.toml."""
    if source and os.path.dirname(source) == files.root:
        return None
    text = files.read("pyproject.toml")
    why = "what runs, and what fails"
    if text is None:
        return None if files.has("preaudit.toml") else files.change("preaudit.toml", TABLE, why)
    if "preaudit" in toml(text, "pyproject.toml").get("tool", {}):
        return None
    after = joined(text, TABLE)
    toml(after, "pyproject.toml")
    return files.change("pyproject.toml", after, why)


def ruff(files):
    """Tell ruff of codes that are not its own, so that it never deletes a noqa of ours."""
    for path, prefix in (("ruff.toml", ""), (".ruff.toml", ""), ("pyproject.toml", "tool.ruff")):
        text = files.read(path)
        if text is None:
            continue
        table = below(toml(text, path), prefix)
        if prefix and not table:
            continue
        known = external(table)
        if any("AUD".startswith(str(code)) for code in known):
            return None
        after = with_external(text, prefix, table)
        told = external(below(toml(after, path), prefix)) if after else []
        if "AUD" not in told or set(told) - {"AUD"} != set(known):
            raise Refused(
                f'{path} is left alone: its form is not one to edit safely; add external = ["AUD"] to ruff\'s lint'
            )
        return files.change(path, after, "ruff keeps `# noqa: AUD...` comments")
    return None


def below(table, prefix):
    """Answer the table below a dotted prefix, {} if there is none."""
    for part in filter(None, prefix.split(".")):
        table = table.get(part, {}) if isinstance(table, dict) else {}
    return table if isinstance(table, dict) else {}


def external(table):
    """Answer ruff's external codes in its table."""
    lint = table.get("lint", {})
    found = lint.get("external", table.get("external", [])) if isinstance(lint, dict) else []
    return found if isinstance(found, list) else []


def with_external(text, prefix, table):
    """Answer the TOML text with "AUD" among ruff's external codes, '' if its form is not understood."""
    header = f"{prefix}.lint" if prefix else "lint"
    found = re.search(r"^([ \t]*(?:lint\.)?external\s*=\s*\[)(\s*)(.)", text, re.MULTILINE)
    if "external" in table.get("lint", {}) or "external" in table:
        if not found:
            return ""
        at = found.end(1)
        comma = "" if found.group(3) == "]" else ", "
        space = found.group(2) if "\n" in found.group(2) else ""
        comma = "," if space and comma else comma
        return text[:at] + space + '"AUD"' + comma + (text[at:] if space or not comma else text[at:].lstrip(" "))
    section = re.search(rf"^[ \t]*\[[ \t]*{re.escape(header)}[ \t]*\][^\n]*\n?", text, re.MULTILINE)
    if section:
        line = section.group().rstrip("\n")
        return text[: section.start()] + line + '\nexternal = ["AUD"]\n' + text[section.end() :]
    if isinstance(table.get("lint"), dict) and table["lint"]:
        dotted = re.search(r"^[ \t]*lint\.[^\n]*\n", text, re.MULTILINE)
        if dotted:
            return text[: dotted.start()] + 'lint.external = ["AUD"]\n' + text[dotted.start() :]
        if re.search(r"^[ \t]*lint[ \t]*=", text, re.MULTILINE):
            return ""
    return joined(text, f'[{header}]\nexternal = ["AUD"]\n')


# flake8


def flake8_file(files):
    """Answer (path, text, options of [flake8]) of the file flake8 reads in this folder, None if it reads none there."""
    for path in ("setup.cfg", "tox.ini", ".flake8"):
        text = files.read(path)
        if text is None:
            continue
        config = configparser.RawConfigParser()
        try:
            config.read_string(text)
        except configparser.Error:
            continue
        if config.has_section("flake8") or config.has_section("flake8:local-plugins"):
            items = dict(config.items("flake8")) if config.has_section("flake8") else {}
            return path, text, {name.replace("_", "-"): value for name, value in items.items()}
    return None


def flake8(files):
    """Let flake8 show AUD codes where its `select` would hide them.

    `extend-select = AUD` makes the project's own selection visible, and switches no code on that is off.
    """
    found = flake8_file(files)
    if found is None:
        return None
    path, text, options = found
    if not options.get("select", "").strip():
        return None
    chosen = split_codes(options.get("select", "")) | split_codes(options.get("extend-select", ""))
    if any("AUD".startswith(code) or code.startswith("AUD") for code in chosen):
        return None
    after = with_option(text, "extend-select", ["AUD"], "extend-select" in options)
    config = configparser.RawConfigParser()
    try:
        config.read_string(after)
        values = {name.replace("_", "-"): value for name, value in config.items("flake8")}
    except configparser.Error:
        values = {}
    kept = {name: value for name, value in values.items() if name != "extend-select"}
    before = {name: value for name, value in options.items() if name != "extend-select"}
    told = split_codes(values.get("extend-select", ""))
    if not told >= {"AUD"} | split_codes(options.get("extend-select", "")) or kept != before:
        raise Refused(f"{path} is left alone: its form is not one to edit safely; add extend-select = AUD to [flake8]")
    return files.change(path, after, "flake8 shows AUD codes although `select` is set")


def split_codes(text):
    """Answer the codes of a flake8 option; a comment line in it is none."""
    text = "\n".join(line.partition("#")[0] for line in text.split("\n"))
    return {code for code in re.split(r"[,\s]+", text) if code}


def with_option(text, name, codes, exists):
    """Answer the ini text with these codes added to an option of [flake8]."""
    listed = ", ".join(codes)
    section = re.search(r"^\[flake8\][^\n]*\n?", text, re.MULTILINE)
    if not section:
        return text
    if exists:
        pattern = rf"^{name.replace('-', '[-_]')}[ \t]*[=:][ \t]*"
        option = re.compile(pattern, re.MULTILINE | re.IGNORECASE).search(text, section.end())
        if not option:
            return text
        rest = text[option.end() :].split("\n", 1)[0].strip()
        first = f"{listed}, " if rest else f"\n    {listed},"
        return text[: option.end()].rstrip(" \t") + (" " if rest else "") + first + text[option.end() :]
    head = text[: section.end()]
    return head + ("" if head.endswith("\n") else "\n") + f"{name} = {listed}\n" + text[section.end() :]


# CI and editor


def github(files, ci):
    """Add a workflow for GitHub Actions, where the project has any."""
    folder = ".github/workflows"
    if ci not in ("auto", "github") or (ci == "auto" and not files.has(folder)):
        return None
    for name in sorted(os.listdir(os.path.join(files.root, folder))) if files.has(folder) else []:
        if name.endswith((".yml", ".yaml")) and "preaudit" in (files.read(f"{folder}/{name}") or ""):
            return None
    return files.change(f"{folder}/preaudit.yml", WORKFLOW.format(version=__version__), "a CI step")


def gitlab(files, ci):
    """Add a job for GitLab CI, where the project has a pipeline."""
    path = ".gitlab-ci.yml"
    text = files.read(path)
    if ci not in ("auto", "gitlab") or (ci == "auto" and text is None) or "preaudit" in (text or ""):
        return None
    stages = STAGES.search(text or "")
    stage = ""
    if stages:
        names = re.findall(r"[\w.-]*\w", (stages.group(1) or "") + re.sub(r"#.*", "", stages.group(2) or ""))
        best = next((name for name in ("lint", "check", "checks", "quality", "test") if name in names), "")
        if names and (best or names[0]) != "test":
            stage = f"  stage: {best or names[0]}\n"
    after = joined(text or "", JOB.format(version=__version__, stage=stage))
    return files.change(path, after, "a CI job with a code quality report")


def vscode(files):
    """Set severities in .vscode/settings.json: without them VS Code shows every AUD finding as an error."""
    path = ".vscode/settings.json"
    if not files.has(".vscode"):
        return f"if you use VS Code's Flake8 extension, put this into its settings: {SEVERITY}"
    text = files.read(path)
    why = "AUD findings are warnings, not errors, in VS Code"
    if text is None or not text.strip():
        return files.change(path, "{\n  " + SEVERITY + "\n}\n", why)
    settings = jsonc(text, path)
    severity = settings.get("flake8.severity")
    if isinstance(severity, dict) and any(key.startswith("A") and "AUD".startswith(key) for key in severity):
        return None
    if severity is None:
        brace = plain(text).index("{") + 1
        rest = text[brace:] if settings else "\n" + text[brace:].lstrip()
        after = text[:brace] + "\n  " + SEVERITY + ("," if settings else "") + rest
    else:
        found = re.search(r'"flake8\.severity"\s*:\s*\{', text)
        at = found.end() if found else 0
        after = text[:at] + '"AUD": "Warning"' + (", " if severity else "") + text[at:] if found else text
    told = jsonc(after, path)
    if not isinstance(told.get("flake8.severity"), dict) or "AUD" not in told["flake8.severity"]:
        raise Refused(f"{path} is left alone: its form is not one to edit safely; add {SEVERITY}")
    return files.change(path, after, why)


def plain(text):
    """Answer JSON with comments, the comments blanked out character by character."""
    pattern = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)

    def blank(found):
        return found.group() if found.group()[0] == '"' else re.sub(r"[^\n]", " ", found.group())

    return pattern.sub(blank, text)


def jsonc(text, path):
    """Answer JSON with comments and trailing commas as a dict; Refused if it is none."""
    bare = re.sub(r'("(?:\\.|[^"\\\n])*")|,(?=\s*[}\]])', lambda found: found.group(1) or "", plain(text))
    try:
        value = json.loads(bare)
    except (json.JSONDecodeError, RecursionError) as error:
        raise Refused(f"{path} is left alone: it is no valid JSON ({error}); add {SEVERITY}") from error
    if not isinstance(value, dict):
        raise Refused(f"{path} is left alone: it holds no object")
    return value
