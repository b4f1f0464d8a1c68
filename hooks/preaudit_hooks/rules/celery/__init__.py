"""Rules on the whole project or on other files: celery."""
