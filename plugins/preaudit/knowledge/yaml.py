"""PyYAML: parsing computes, in proportion to a file that is usually small: left free."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "PyYAML"

FUNCTIONS = each(
    "free", "yaml.safe_load yaml.load yaml.safe_load_all yaml.load_all yaml.dump yaml.safe_dump yaml.full_load"
)
