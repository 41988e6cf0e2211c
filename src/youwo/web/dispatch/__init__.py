"""Pages about whistles: blowing, answering, deciding, the clock, and the levels."""
