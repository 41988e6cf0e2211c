"""Pages of the figures: from a number to its facts."""
