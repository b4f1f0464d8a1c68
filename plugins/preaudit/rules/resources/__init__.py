"""Rules on one Python file: resources."""
