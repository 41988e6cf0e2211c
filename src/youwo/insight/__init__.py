"""Figures derived from the facts: definitions, rollups, and the way from a number to its facts."""
