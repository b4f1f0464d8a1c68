"""What requests and answers look like."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, Field, model_validator


class OrderLine(BaseModel):
    """A product and how many of it."""

    sku: str = Field(max_length=40)
    quantity: int  # AUD505


class OrderIn(BaseModel):
    """An order as the shop sends it."""

    lines: list[OrderLine] = Field(min_length=1, max_length=100)
    currency: Literal["EUR", "USD"] = "EUR"


class OrderOut(BaseModel):
    """An order as the shop shows it."""

    id: int
    status: str
    total: Decimal


class ReportRange(BaseModel):
    """The days that a report covers."""

    start: date
    end: date

    @model_validator(mode="after")
    def check_order(self):
        """Refuse a range that ends before it starts or spans more than a year."""
        if self.end < self.start or (self.end - self.start).days > 366:
            raise ValueError("a report covers at most a year, and ends after it starts")
        return self
