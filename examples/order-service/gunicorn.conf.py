"""Settings of the web server."""

import os

bind = "0.0.0.0:" + os.environ.get("PORT", "8000")
worker_class = "uvicorn.workers.UvicornWorker"
workers = 8
timeout = 60
graceful_timeout = 30
accesslog = "-"
