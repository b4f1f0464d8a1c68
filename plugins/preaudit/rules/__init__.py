"""One rule, one file; the area is the folder."""
