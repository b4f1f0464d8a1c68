"""Write the two places that a new rule costs: its file and its fixture folder.

    make new-rule CODE=AUD499 NAME=some-name [AREA=errors] [SCOPE=file]

The area follows from the code where its band has only one. What is written runs and passes as it is:
it reports a placeholder, to be replaced by what the rule is about.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from preaudit import __version__
from preaudit.core.registry import BANDS, CODE
from preaudit.core.rule import SCOPES
from preaudit_hooks.registry import registry

HOME = Path(__file__).resolve().parent.parent
NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+\Z")

PAGE = '''"""{title}

## What it does
Say what is reported, and what looks like it and is not.

## Why it matters
Say what happens in production.

## Bad
```{bad_fence}
{bad}
```

## Good
```{good_fence}
{good}
```

## Fixed
Say what to write instead.

## Options
None.

## Limits
Say what is not seen.

## Origin
Say where this was found.
"""

{imports}from preaudit.core.rule import Rule

RULE = Rule(
    code="{code}",
    name="{name}",
    severity="medium",
    scope="{scope}",
    message="{{name}} is a placeholder; write instead what the rule is about",
    since="{since}",{more}
)


{check}
'''

PYTHON_CHECK = '''@RULE.on(ast.Call)
def check(node, ctx):
    """Report a call of the placeholder."""
    if ctx.qualname(node.func) == "placeholder.replace_me":
        yield RULE.at(node, name="replace_me()")'''
DOCUMENT_CHECK = '''@RULE.on_document("dotenv")
def check(document, ctx):
    """Report a variable called REPLACE_ME."""
    for entry in document.entries:
        if entry.name == "REPLACE_ME":
            yield RULE.at(entry.place, name=entry.name)'''
PROJECT_CHECK = '''@RULE.on_project()
def check(project):
    """Report modules called replace_me."""
    for path in project.paths:
        if path.endswith("replace_me.py"):
            yield RULE.at((1, 1), path=path, name="replace_me.py")'''

FILE = {
    "bad": "import placeholder\n\nplaceholder.replace_me()  # {code}",
    "good": "import placeholder\n\nplaceholder.keep_me()",
    "fences": ("python", "python"), "imports": "import ast\n\n", "check": PYTHON_CHECK,
    "fixtures": ("reported.py", "silent.py"), "more": '\n    imports={"placeholder"},',
}  # fmt: skip
TEMPLATES = {
    "file": FILE,
    "types": FILE,
    "document": {
        "bad": "REPLACE_ME=1  # {code}", "good": "KEEP_ME=1", "fences": ("dotenv .env", "dotenv .env"), "imports": "",
        "check": DOCUMENT_CHECK, "fixtures": ("reported/.env", "silent/.env"), "more": "",
    },
    "project": {
        "bad": "value = 1  # {code}", "good": "value = 1",
        "fences": ("python app/replace_me.py", "python app/keep_me.py"), "imports": "", "check": PROJECT_CHECK,
        "fixtures": ("reported/app/replace_me.py", "silent/app/keep_me.py"), "more": "",
    },
}  # fmt: skip


class Refused(ValueError):
    """Arguments that no rule can be made of."""


def plan(code, name, area="", scope="file"):
    """Answer {path: text} of a new rule; Refused says what is wrong with the arguments."""
    if not CODE.match(code or ""):
        raise Refused(f"CODE={code}: a code is AUD and three digits")
    if not NAME.match(name or ""):
        raise Refused(f"NAME={name}: a name is lower-case words joined by hyphens, such as bare-except")
    if scope not in SCOPES:
        raise Refused(f"SCOPE={scope}: write one of {', '.join(SCOPES)}")
    areas = BANDS[code[3]]
    area = area or (areas[0] if len(areas) == 1 else "")
    if area not in areas:
        said = f"{area!r} is not an area of {code}" if area else f"{code} does not tell the area"
        raise Refused(f"AREA={area}: {said}; write one of {', '.join(areas)}")
    known = registry()
    for taken in (known.get(code), known.get(name)):
        if taken is not None:
            raise Refused(f"{taken.code} {taken.name} exists already: {taken.module}")
    module = name.replace("-", "_")
    template = TEMPLATES[scope]
    bad, good = template["bad"].format(code=code), template["good"]
    fields = {
        "code": code, "name": name, "scope": scope, "since": __version__, "title": name.replace("-", " ").capitalize(),
        "bad_fence": template["fences"][0], "good_fence": template["fences"][1],
        "imports": template["imports"], "check": template["check"], "bad": bad,
        "good": good, "more": template["more"],
    }  # fmt: skip
    page = PAGE.format(**fields)
    root = "plugins/preaudit" if scope in ("file", "types") else "hooks/preaudit_hooks"
    files = {f"{root}/rules/{area}/{module}.py": page}
    for file, text in zip(template["fixtures"], (bad, good)):
        files[f"tests/fixtures/{name}/{file}"] = text + "\n"
    package = f"{root}/rules/{area}/__init__.py"
    if not (HOME / package).exists():
        where = "one Python file" if scope in ("file", "types") else "projects and documents"
        files[package] = f'"""Rules on {where}: {area}."""\n'
    return files


def main(arguments=None):
    """Write the files of `CODE=... NAME=... [AREA=...] [SCOPE=...]`; answer the exit status."""
    given = {}
    for argument in sys.argv[1:] if arguments is None else arguments:
        key, equals, value = argument.partition("=")
        if not equals or key not in ("CODE", "NAME", "AREA", "SCOPE"):
            print(f"{argument}: write CODE=AUD499 NAME=some-name [AREA=errors] [SCOPE=file]", file=sys.stderr)
            return 2
        if value:
            given[key.lower()] = value
    try:
        files = plan(given.get("code", ""), given.get("name", ""), given.get("area", ""), given.get("scope", "file"))
    except Refused as error:
        print(error, file=sys.stderr)
        return 2
    for name, text in files.items():
        path = HOME / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        print(f"wrote {name}")
    print(f"now write the rule, its page and its fixtures; then `make docs` and `make test ARGS='-k {given['name']}'`")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
