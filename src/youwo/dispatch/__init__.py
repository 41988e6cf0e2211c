"""Whistles: calling units, their answers and objections, the clock, and the ladder."""
