"""The queue: one list of what waits for somebody, from all domains."""
