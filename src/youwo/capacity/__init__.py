"""Everything scarce: pools and claims, waiting lists and offers. The only place that locks."""
