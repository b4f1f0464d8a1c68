"""csv: free apart from the file it is given."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = ""

CLASSES = {
    "csv.DictReader": {"attrs": each("free", "fieldnames line_num reader"), "iter": "dict"},
    "csv.DictWriter": {"methods": each("free", "writeheader writerow writerows"), "attrs": each("free", "fieldnames")},
}
FUNCTIONS = each("free", "csv.reader csv.writer")
