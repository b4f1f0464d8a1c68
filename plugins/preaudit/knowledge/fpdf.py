"""fpdf2: output() makes the document."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "fpdf2"

CANONICAL = {"fpdf.fpdf.FPDF": "fpdf.FPDF"}
CLASSES = {
    "fpdf.FPDF": {
        "methods": {
            "output": "cpu",
            **each("cpu", "image write_html"),
            **each("free", "add_page cell multi_cell set_font ln set_xy text line rect write set_title add_font"),
        },
    },
}
INSTEAD = {"fpdf.": "asyncio.to_thread"}
