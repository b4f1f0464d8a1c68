"""Positioned readers of the files that are not Python."""
