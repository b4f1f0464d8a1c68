"""The command `orders`, for the people who run the service."""

import argparse

from order_service.db import SessionLocal
from order_service.services import orders


def main(argv=None) -> int:
    """Print the orders that wait."""
    parser = argparse.ArgumentParser(prog="orders")
    parser.add_argument("--limit", type=int, default=20, help="how many to print")
    options = parser.parse_args(argv)
    with SessionLocal() as session:
        for order in orders.pending(session, options.limit):
            print(orders.summary(order))
    return 0
