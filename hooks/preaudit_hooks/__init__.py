"""What pre-commit and CI run beyond one Python file."""
