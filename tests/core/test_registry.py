"""The registry: rules found, described, refused; and the words that select them."""

import subprocess
import sys
import textwrap

import pytest
from preaudit.core import registry as core
from preaudit.core import selection
from preaudit.core.registry import RegistryError
from preaudit_hooks.registry import registry

from tools.generate import HOME, INDEXES, index_text

RULE = '''"""{title}"""
from preaudit.core.rule import Rule
RULE = Rule(code="{code}", name="{name}", severity="{severity}", message="m", since="0.1.0"{more})
'''


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of rules of its own: `add` writes a rule file, `root` is its name."""

    class Package:
        root = f"sample_{tmp_path.name.replace('-', '_')}"

        def write(self, name, text):
            path = tmp_path / self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))
            for folder in [path.parent, *path.parent.parents]:
                if folder == tmp_path:
                    break
                (folder / "__init__.py").touch()

        def add(self, code, name, area="errors", severity="low", more="", file=""):
            text = RULE.format(title=f"About {name}", code=code, name=name, severity=severity, more=more)
            self.write(f"rules/{area}/{file or name.replace('-', '_')}.py", text)

    monkeypatch.syspath_prepend(tmp_path)
    yield Package()
    for module in [module for module in sys.modules if module.startswith(Package.root)]:
        del sys.modules[module]
    core.forget()


def test_a_rule_file_alone_is_found(package):
    package.add("AUD451", "new-thing", more=', words=("x",), imports={"redis"}')
    (info,) = core.registry(package.root)
    assert (info.code, info.name, info.area, info.title) == ("AUD451", "new-thing", "errors", "About new-thing")
    assert info.words == ("x",) and info.imports == {"redis"}
    assert info.load().code == "AUD451"
    assert info.documentation() == "About new-thing"


def test_the_index_stands_in_for_the_file_while_its_size_fits(package):
    package.add("AUD451", "new-thing")
    (info,) = core.read_root(package.root)
    row = tuple("high" if field == "severity" else value for field, value in zip(core.FIELDS, info.row()))
    gone = tuple(
        f"{package.root}.rules.errors.gone" if field == "module" else value for field, value in zip(core.FIELDS, row)
    )
    package.write("rule_index.py", f"FIELDS = {core.FIELDS!r}\nRULES = ({row!r}, {gone!r})\n")
    assert [info.severity for info in core.read_root(package.root)] == ["high"]
    stale = row[:-1] + (row[-1] + 1,)
    sys.modules[f"{package.root}.rule_index"].RULES = (stale,)
    assert [info.severity for info in core.read_root(package.root)] == ["low"]
    sys.modules[f"{package.root}.rule_index"].FIELDS = ("code",)
    assert [info.severity for info in core.read_root(package.root)] == ["low"]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([("AUD451", "one", "errors", "low", "", "two")], "the rule is named 'one'; its file asks for 'two'"),
        ([("AUD45", "one")], "'AUD45' is no code"),
        ([("aud451", "one")], "'aud451' is no code"),
        ([("AUD451", "one", "nowhere")], "there is no area 'nowhere'"),
        ([("AUD451", "one"), ("AUD451", "two")], "AUD451 is claimed by"),
        ([("AUD451", "one"), ("AUD551", "one", "web")], "one is claimed by"),
    ],
)
def test_what_the_registry_refuses(package, rules, said):
    for rule in rules:
        package.add(*rule)
    with pytest.raises(RegistryError) as caught:
        core.registry(package.root)
    assert said in str(caught.value)


def test_a_rule_file_without_rule_is_refused(package):
    package.write("rules/errors/empty.py", '"""Nothing."""\n')
    with pytest.raises(RegistryError, match="a rule file defines RULE"):
        core.registry(package.root)


def test_private_files_are_no_rules(package):
    package.add("AUD451", "one")
    package.write("rules/errors/_helper.py", "x = 1\n")
    assert [info.code for info in core.registry(package.root)] == ["AUD451"]


def test_the_index_of_this_checkout_is_used_without_importing_a_rule():
    slow = {"typing", "dataclasses", "inspect", "importlib.metadata"}
    code = f"""if True:
        import sys
        from preaudit_hooks.registry import registry
        print(len(registry()), [m for m in sys.modules if '.rules.' in m], {slow} & set(sys.modules))
    """
    for root, path in INDEXES.items():
        assert (HOME / path).read_text() == index_text(root), "the index is stale; run `make docs`"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{len(registry())} [] set()"


@pytest.fixture
def rules(package):
    package.add("AUD401", "bare-except", severity="high", more=', audits=("A 1",)')
    package.add("AUD402", "broad-except", severity="medium")
    package.add("AUD407", "quiet", severity="low", more=", default=False")
    package.add("AUD801", "annotations", area="quality", more=", default=False")
    package.add("AUD998", "unused-suppression", area="housekeeping")
    package.add("AUD000", "broken-file", area="housekeeping")
    return core.registry(package.root)


@pytest.mark.parametrize(
    ("select", "extend", "ignore", "codes"),
    [
        ([], [], [], "AUD000 AUD401 AUD402 AUD998"),
        (["default"], ["AUD407"], [], "AUD000 AUD401 AUD402 AUD407 AUD998"),
        (["AUD"], [], [], "AUD000 AUD401 AUD402 AUD407 AUD801 AUD998"),
        (["all"], [], [], "AUD000 AUD401 AUD402 AUD407 AUD801 AUD998"),
        (["audit"], [], [], "AUD000 AUD401"),
        (["AUD4"], [], ["AUD402"], "AUD000 AUD401 AUD407"),
        (["AUD402"], [], ["AUD4"], "AUD000 AUD402"),
        (["broad-except"], [], ["errors"], "AUD000 AUD402"),
        (["aud40"], [], ["AUD40"], "AUD000"),
        (["errors"], [], ["low"], "AUD000 AUD401 AUD402"),
        (["high", "medium"], [], [], "AUD000 AUD401 AUD402"),
        ([], ["quality"], ["AUD4"], "AUD000 AUD801 AUD998"),
        ([], [], ["AUD000"], "AUD000 AUD401 AUD402 AUD998"),
        ([], [], ["AUD998"], "AUD000 AUD401 AUD402"),
        ([" AUD401 "], [], [], "AUD000 AUD401"),
        (["critical"], [], [], "AUD000"),
    ],
)
def test_selection(rules, select, extend, ignore, codes):
    assert " ".join(sorted(selection.select(rules, select, extend, ignore))) == codes


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("AUD499", "AUD"),
        ("bare-excpt", "bare-except"),
        ("Bare_Except", "bare-except"),
        ("erors", "errors"),
        ("deflt", "default"),
    ],
)
def test_unknown_words_are_told_with_the_nearest(rules, word, near):
    with pytest.raises(selection.SelectionError) as caught:
        selection.select(rules, [word], [], ["zzzzzz"])
    (first, guess), (second, none) = caught.value.words
    assert (first, second, none) == (word, "zzzzzz", "")
    assert guess.startswith(near)
