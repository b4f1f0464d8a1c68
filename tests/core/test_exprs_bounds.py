"""Names that make one another in a loop: asked for on every way through it, an answer must not take for ever."""

import ast

from preaudit.core.exprs import Exprs
from preaudit.core.names import Names
from preaudit.core.tree import walk


def loop(names, rounds):
    """Answer a function in whose loop each of these names is made of all the others, that many times."""
    lines = ["def f(text):", *(f"    {name} = text" for name in names), "    while text:"]
    for count in range(rounds):
        lines.append(f"        if text == {count}:")
        lines += [
            f"            {name} = {other}.strip({name})"
            for name, other in zip(names, names[1:] + names[:1], strict=True)
        ]
    return "\n".join([*lines, f"    return {names[0]}"])


def made(text):
    """Answer (expression of what is returned, how many were made on the way)."""
    module = ast.parse(text)
    exprs = Exprs(Names(walk(module), "app"))
    count = 0
    make = exprs._name

    def counted(node, depth):
        nonlocal count
        count += 1
        return make(node, depth)

    exprs._name = counted
    return exprs.of(module.body[0].body[-1].value), count


def test_a_small_loop_keeps_every_way():
    found, _ = made("def f(a, b):\n    x = a\n    while x:\n        x = b\n    return x\n")
    assert found[0] == "or" and {part[2] for part in found[1]} == {"a", "b"}


def test_a_tangle_of_names_is_bounded():
    found, count = made(loop(list("abcdefgh"), 6))
    assert found is not None
    assert count < 20_000
