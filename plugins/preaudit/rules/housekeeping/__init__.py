"""Findings about the check itself: broken files and suppressions that silence nothing."""
