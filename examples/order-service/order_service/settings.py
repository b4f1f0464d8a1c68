"""What the environment says, read once."""

import os

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """Settings of the service; the names are those of the environment."""

    database_url: str = "postgresql+psycopg2://localhost:5433/orders"
    redis_url: str = "redis://localhost:6380/0"
    celery_broker_url: str = "redis://localhost:6380/1"
    upload_folder: str = "uploads"
    mail_host: str = "localhost"
    admin_email: str = ""
    cors_origins: list[str] = ["http://localhost:3000"]


settings = Settings()

JWT_SECRET = os.environ.get("JWT_SECRET", "dev-secret-do-not-use")  # AUD507
SHIPPING_TOKEN = os.getenv("SHIPPING_TOKEN")
REPORTING_URL = "postgresql+psycopg2://reporting:Sommer-2024@replica.internal/orders"  # AUD508
PAGE_SIZE = int(os.getenv("PAGE_SIZE", "50"))  # AUD602
