"""Every knowledge table against the real package.

`pip install --no-deps -r tests/knowledge/requirements.txt` installs the packages. Where one is not installed, its
table is skipped with that reason; with PREAUDIT_REQUIRE_PACKAGES=1, as in CI, that is a failure.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from preaudit import knowledge
from table_comparison import Comparison, missing_distributions

TABLES = sorted(path.stem for path in Path(knowledge.__file__).parent.glob("*.py") if not path.stem.startswith("_"))
# Not in the environment of CI, and why.
NOT_IN_CI = {
    "MySQLdb": "mysqlclient is built from source against the MySQL client library; not compared",
    "aioredis": "aioredis 2 cannot be imported by Python 3.11 and newer; it was compared under a patched TimeoutError",
    "torch": "750 MB for one table; compared by hand with torch 2.13.0",
    "torchvision": "needs torch; compared by hand with torchvision and torch 2.13.0",
    "transformers": "needs torch; compared by hand with torch 2.13.0",
    "openvino": "200 MB for one table; compared by hand with openvino 2026.4.1",
    "tensorflow": "1.3 GB for one table; compared by hand with tensorflow-cpu",
}


@pytest.mark.parametrize("name", TABLES)
def test_table_agrees_with_the_package(name):
    table = knowledge.table(name)
    missing = missing_distributions(table)
    if missing:
        if os.environ.get("PREAUDIT_REQUIRE_PACKAGES") and name not in NOT_IN_CI:
            pytest.fail(f"{', '.join(missing)} is not installed")
        pytest.skip(NOT_IN_CI.get(name) or f"{', '.join(missing)} is not installed; CI compares this table")
    comparison = Comparison(table)
    problems = comparison.run()
    assert not problems, "\n".join(problems)
    assert comparison.compared, "the table names nothing"
