"""Rules on one Python file: errors."""
