"""openpyxl: reading and saving parse and build the workbook."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "openpyxl"

CANONICAL = {
    "openpyxl.workbook.Workbook": "openpyxl.Workbook",
    "openpyxl.workbook.workbook.Workbook": "openpyxl.Workbook",
    "openpyxl.reader.excel.load_workbook": "openpyxl.load_workbook",
}
_SHEET = "openpyxl.worksheet.worksheet.Worksheet"
CLASSES = {
    "openpyxl.Workbook": {
        "methods": {"save": "file", "create_sheet": f"free -> {_SHEET}", **each("free", "remove close")},
        "attrs": {"active": "free", "sheetnames": "free -> list", "worksheets": f"free -> list[{_SHEET}]"},
        "item": _SHEET,
    },
    _SHEET: {
        "methods": each("free", "append cell iter_rows iter_cols merge_cells"),
        "attrs": each("free", "title max_row max_column rows"),
    },
}
FUNCTIONS = {"openpyxl.load_workbook": "file -> openpyxl.Workbook"}
INSTEAD = {"openpyxl.": "asyncio.to_thread"}
UNCHECKED = {"openpyxl.Workbook.create_sheet()": "annotated with a union over the kinds of sheets"}
