"""Positioned readers of the files that are not Python.

`kinds.kind_of(path, text)` says which reader a file gets, `kinds.read(path, text)` reads it.
"""
