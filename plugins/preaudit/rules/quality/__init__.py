"""Rules on one Python file: quality."""
