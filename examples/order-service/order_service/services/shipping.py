"""Books parcels with the carrier."""

import logging
import os

import httpx

from order_service.settings import SHIPPING_TOKEN

logger = logging.getLogger(__name__)
CARRIER = "https://carrier.example.com"


class ShippingClient:
    """Speaks to the carrier."""

    def __init__(self):
        account = os.environ["CARRIER_ACCOUNT"]  # AUD904
        headers = {"Authorization": f"Bearer {SHIPPING_TOKEN}", "X-Account": account}
        self._client = httpx.Client(base_url=CARRIER, headers=headers)
        self.failures = 0

    def book(self, order_id: int) -> str | None:
        """Book a parcel; answer its number, or None if the carrier has no room."""
        logger.debug("booking with token %s", SHIPPING_TOKEN)  # AUD516
        try:
            answer = self._client.post("/parcels", json={"order": order_id})
        except Exception:  # AUD403
            return None
        return answer.json()["number"]

    def cancel(self, number: str) -> None:
        """Cancel a parcel, if the carrier listens."""
        try:
            self._client.delete(f"/parcels/{number}").raise_for_status()
        except Exception:  # AUD402
            self.failures += 1

    def track(self, number: str) -> dict:
        """Answer where a parcel is."""
        try:
            return self._client.get(f"/parcels/{number}").json()
        except Exception as error:
            raise RuntimeError("tracking failed")  # AUD404
