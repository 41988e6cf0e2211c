"""Who did what, to what, and when: lines that never change, sealed in batches."""
