"""Rules on one Python file: web."""
