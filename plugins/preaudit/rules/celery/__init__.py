"""Rules on one Python file: celery."""
