"""The same block of code in two places

## What it does
Reports a block of at least ten lines of code that stands, line for line, in another place of the project too.

## Why it matters
An error is corrected in one of them. The other one is found by a customer.

## Bad
```python shop/orders.py
def total(order):
    result = 0
    for line in order.lines:
        price = line.price * line.quantity
        if line.discount:
            price -= price * line.discount // 100
        if line.gift:
            price = 0
        result += price
    for tax in order.taxes:
        result += tax.amount
    return result
```
```python shop/quotes.py
def quote(order):
    result = 0  # AUD806
    for line in order.lines:
        price = line.price * line.quantity
        if line.discount:
            price -= price * line.discount // 100
        if line.gift:
            price = 0
        result += price
    for tax in order.taxes:
        result += tax.amount
    return result
```

## Good
```python shop/orders.py
def total(order):
    return sum(line.price for line in order.lines)
```
```python shop/quotes.py
from shop.orders import total


def quote(order):
    return total(order)
```

## Fixed
Keep one of them, in a place that both can import.

## Options
None.

## Limits
Indentation and comments do not count; a changed name does. Imports, decorators, the parameters of functions, blank lines, lines
of brackets alone, tests and migrations are left out. The later place is reported, by path and line.

## Origin
Audit A, LOW-7.
"""

import ast

from preaudit.core.patterns import lazy
from preaudit.core.rule import Rule
from preaudit.core.source import SourceError

RULE = Rule(
    code="AUD806",
    name="duplicated-code",
    severity="low",
    scope="project",
    default=False,
    message="{lines} lines of code stand in {other}, line {line}, too; keep one of them where both can import it",
    since="0.1.0",
    files=r"\.py$",
    audits=("A LOW-7",),
)

BLOCK = 10
_NOISE = lazy(r"(?:[\[\](){},:;]*|@.*|pass|else:|try:|finally:|return)\Z")
_COMMENT = lazy(r"\s+#(?:[^'\"]*)\Z")


@RULE.on_project("imports")
def check(project):
    """Report the later one of two blocks that are the same."""
    seen: dict = {}
    for path in sorted(project.project.python):
        if project.is_test(path) or project.settings.is_migration(path) or project.settings.is_foreign(path):
            continue
        code = _code(project, path)
        end = 0
        for index in range(len(code) - BLOCK + 1):
            block = tuple(text for _, text in code[index : index + BLOCK])
            first = seen.setdefault(block, (path, index, code))
            if index < end or first[0] == path and first[1] > index - BLOCK:
                continue
            size = BLOCK
            other = first[2]
            while index + size < len(code) and first[1] + size < len(other):
                if code[index + size][1] != other[first[1] + size][1] or first[0] == path and first[1] + size >= index:
                    break
                size += 1
            end = index + size
            line = other[first[1]][0]
            related = [(first[0], (line, 1), "the first of the two")]
            yield RULE.at((code[index][0], 1), path=path, related=related, lines=size, other=first[0], line=line)


def _code(project, path):
    """Answer [(line, text)] of the lines of a file that are code; the result is dropped when the file changes."""
    project.project.summary(path)
    try:
        text = project.project.read(path)
        tree = ast.parse(text)
    except (SourceError, SyntaxError, ValueError, RecursionError):
        return []
    apart = set()
    for node in ast.walk(tree):
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if docstring or isinstance(node, (ast.Import, ast.ImportFrom)):
            apart.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            # its parameters are no statements: of a signature the first line counts
            apart.update(range(node.lineno + 1, node.body[0].lineno))
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        line = _COMMENT.sub("", line.strip())
        if line and number not in apart and not line.startswith("#") and not _NOISE.match(line):
            found.append((number, line))
    return found
