"""Plain helpers that know nothing of the product: refusals, references, sealing, paging, search, tables."""
