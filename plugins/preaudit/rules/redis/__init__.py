"""Rules on one Python file: redis."""
