"""Pages of compounds: the list, one compound, its facts, and what its statuses mean."""
