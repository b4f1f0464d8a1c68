"""What the service does, apart from how it is asked to."""

from .payments import PaymentGateway  # AUD101
from .registry import services  # AUD101

__all__ = ["PaymentGateway", "services"]
