"""WeasyPrint: layout and drawing compute; HTML(url=...) fetches."""

from __future__ import annotations

DISTRIBUTION = "weasyprint"

CLASSES = {
    "weasyprint.HTML": {"methods": {"write_pdf": "cpu", "render": "cpu -> weasyprint.document.Document"}},
    "weasyprint.CSS": {},
    "weasyprint.document.Document": {"methods": {"write_pdf": "cpu", "copy": "free -> self"}},
}
INSTEAD = {"weasyprint.": "asyncio.to_thread"}
