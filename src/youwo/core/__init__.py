"""Plain helpers that know nothing of the product: refusals, references, paging, search, tables."""
