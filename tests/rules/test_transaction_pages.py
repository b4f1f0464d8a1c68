"""The rules on transactions: every page links its claims to a test that runs them, and enough silent cases are kept."""

import ast
import re
from pathlib import Path

import harness
import pytest
from preaudit_hooks.registry import registry

HOME = Path(__file__).resolve().parents[2]
RULES = [rule for rule in registry() if rule.code < "AUD019" and rule.code != "AUD000"]
LEAST = 15
# Engines are made at module level, so a line is a case; of all others a function is.
BY_LINE = ("AUD008",)
# What a function holds that looks like the pattern of a rule.
LOOKS_LIKE = {
    "AUD001": r"\.commit\(",
    "AUD002": r"\b(?:for|while)\b[\s\S]*\.commit\(",
    "AUD003": r"\.(?:commit|flush)\(",
    "AUD004": r"(?:Session|SessionLocal|factory|maker|make_session|get_db|get_session|_session)\(|next\(",
    "AUD005": r"\.(?:\w+_)?(?:status|state|phase|stage)\s*=[^=]|\b(?:status|state)=",
    "AUD006": r"\byield\b",
    "AUD007": r"@[\w.]*(?:retry|policy|on_exception|on_predicate)|\byield\b",
    "AUD008": r"create_(?:async_)?engine\(",
    "AUD009": r"\.(?:commit|flush)\(|\.begin\(|transaction",
    "AUD010": r"execute|text\(|fetch|read_sql|raw\(|extra\(|scalar|_run\(|query",
}


def silent(rule):
    """Answer how many functions (or lines) of a rule's fixtures look like its pattern and hold no mark of it."""
    count = 0
    for path in sorted((harness.FIXTURES / rule.name).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        if rule.code in BY_LINE:
            count += sum(bool(re.search(LOOKS_LIKE[rule.code], line)) and rule.code not in line for line in lines)
            continue
        found = set()
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            body = "\n".join(lines[first - 1 : node.end_lineno])
            if rule.code not in body and re.search(LOOKS_LIKE[rule.code], body):
                found.add((first, node.end_lineno))
        # a function within another one is the same case
        count += sum(not any(a < first and last <= b for a, b in found) for first, last in found)
    return count


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in RULES if rule.code in LOOKS_LIKE])
def test_enough_silent_cases(rule):
    assert silent(rule) >= LEAST


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in RULES])
def test_the_page_links_its_claim_to_a_test(rule):
    linked = re.findall(r"tests/oracles/\w+\.py", rule.documentation())
    assert linked
    for path in linked:
        assert rule.code in (HOME / path).read_text(encoding="utf-8"), f"{path} has no test for {rule.code}"
