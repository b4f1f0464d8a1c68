"""pandas: files, SQL, and what computes over whole frames."""

from __future__ import annotations

from preaudit.knowledge._each import each

DISTRIBUTION = "pandas"

_WRITE = "to_csv to_excel to_json to_parquet to_feather to_pickle to_hdf to_html"
_FRAME = {
    **each("file", _WRITE),
    "to_sql": "database",
    **each("cpu -> self", "apply sort_values drop_duplicates interpolate"),
    **each("free -> self", "head tail copy fillna dropna rename drop astype reset_index set_index"),
    "to_dict": "cpu -> dict",
    "groupby": "lazy",
    "rolling": "lazy",
}
CLASSES = {
    "pandas.DataFrame": {
        "methods": {
            **_FRAME,
            **each("cpu -> pandas.DataFrame", "merge join pivot_table corr melt"),
            **each("cpu", "describe to_records"),
            **each("free", "iterrows itertuples"),  # what costs is the loop's body, and how many rows there are
        },
        "attrs": each("free", "columns index shape dtypes values empty loc iloc size"),
    },
    "pandas.Series": {
        "methods": {
            **each("cpu -> self", "apply map sort_values drop_duplicates"),
            **each("free", "sum mean min max tolist unique value_counts head"),
            "to_csv": "file",
        },
        "attrs": each("free", "index values dtype shape str dt"),
    },
    "pandas.ExcelWriter": {"init": "file", "methods": {"close": "file"}},
    "pandas.ExcelFile": {"init": "file", "methods": {"parse": "file", "close": "free"}},
}
CANONICAL = {"pandas.core.frame.DataFrame": "pandas.DataFrame", "pandas.core.series.Series": "pandas.Series"}
FUNCTIONS = {
    **each(
        "file -> pandas.DataFrame",
        "pandas.read_csv pandas.read_json pandas.read_parquet pandas.read_feather pandas.read_table pandas.read_orc"
        " pandas.read_fwf",
    ),
    **each("file", "pandas.read_excel pandas.read_pickle pandas.read_hdf pandas.read_html pandas.read_xml"),
    **each("database -> pandas.DataFrame", "pandas.read_sql pandas.read_sql_query pandas.read_sql_table"),
    **each("cpu", "pandas.concat pandas.merge pandas.pivot_table pandas.json_normalize"),
    **each("free", "pandas.to_datetime pandas.isna pandas.notna pandas.date_range pandas.to_numeric"),
}
INSTEAD = {"pandas.": "asyncio.to_thread"}
