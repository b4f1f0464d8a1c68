"""Charges cards through the payment provider."""

import logging

import requests

from order_service.settings import settings

logger = logging.getLogger(__name__)
CHARGES = "https://payments.example.com/v1/charges"


class PaymentGateway:
    """Speaks to the payment provider."""

    def __init__(self):
        self._session = requests.Session()

    def charge(self, order_id: int, amount: str) -> str:
        """Charge the card of an order; answer the provider's reference."""
        answer = self._session.post(CHARGES, json={"order": order_id, "amount": amount}, timeout=10)
        answer.raise_for_status()
        return answer.json()["reference"]

    def refund(self, reference: str) -> bool:
        """Give the money back; answer whether the provider agreed."""
        try:
            answer = self._session.post(f"{CHARGES}/{reference}/refund")  # AUD604
            return answer.ok
        except:  # AUD401
            logger.exception("refund of %s failed", reference)
            return False


def read_receipt(reference: str) -> str:
    """Answer the text of a receipt that was stored earlier."""
    receipt = open(f"{settings.upload_folder}/{reference}.txt")  # AUD601
    return receipt.read()
