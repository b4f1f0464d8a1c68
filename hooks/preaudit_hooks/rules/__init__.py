"""Rules that need the whole project or a file that is not Python."""
