"""Rules on one Python file: messages."""
