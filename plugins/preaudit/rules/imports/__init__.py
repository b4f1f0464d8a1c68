"""Rules on one Python file: imports."""
