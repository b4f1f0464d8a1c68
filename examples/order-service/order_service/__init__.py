"""Takes orders, reserves stock, charges cards, sends invoices."""
