"""Joint meetings, service lists and their items, deliveries, and assets handed over."""
