"""The command `orders`, for the people who run the service."""

import argparse
import asyncio

from order_service.cache import forget_customer
from order_service.db import SessionLocal
from order_service.services import orders


def main(argv=None) -> int:
    """Print the orders that wait."""
    parser = argparse.ArgumentParser(prog="orders")
    parser.add_argument("--limit", type=int, default=20, help="how many to print")
    parser.add_argument("--forget", type=int, help="drop what is cached of this customer")
    options = parser.parse_args(argv)
    if options.forget:
        asyncio.run(forget_customer(options.forget))  # AUD311
        return 0
    with SessionLocal() as session:
        for order in orders.pending(session, options.limit):
            print(orders.summary(order))
    return 0
