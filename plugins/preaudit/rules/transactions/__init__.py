"""Rules on one Python file: transactions."""
