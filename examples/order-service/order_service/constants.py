"""Numbers that several modules need."""

from decimal import Decimal

PRICES = {"mug": Decimal("9.90"), "shirt": Decimal("24.00")}
NO_PRICE = Decimal(0)
