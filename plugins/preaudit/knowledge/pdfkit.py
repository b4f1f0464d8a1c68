"""pdfkit: runs wkhtmltopdf."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "pdfkit"

FUNCTIONS = {
    **each("subprocess", "pdfkit.from_url pdfkit.from_file pdfkit.from_string"),
    "pdfkit.configuration": "subprocess",
}
INSTEAD = {"pdfkit.": "asyncio.create_subprocess_exec"}
