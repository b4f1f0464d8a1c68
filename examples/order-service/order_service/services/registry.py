"""One instance of each service for the whole process."""

from order_service.services.payments import PaymentGateway
from order_service.services.shipping import ShippingClient


class ServiceRegistry:
    """Makes a service when it is first asked for and keeps it."""

    def __init__(self):
        self._factories = {}
        self._instances = {}

    def register(self, name, factory):
        """Say how the service of that name is made."""
        self._factories[name] = factory

    def get(self, name):
        """Answer the service of that name; KeyError if there is none."""
        if name not in self._instances:
            self._instances[name] = self._factories[name]()
        return self._instances[name]


services = ServiceRegistry()
services.register("payments", PaymentGateway)
services.register("shipping", ShippingClient)
