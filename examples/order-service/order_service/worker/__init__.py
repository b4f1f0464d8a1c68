"""What runs outside requests."""
