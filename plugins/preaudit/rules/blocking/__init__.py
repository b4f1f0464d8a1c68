"""Rules on one Python file: blocking."""
