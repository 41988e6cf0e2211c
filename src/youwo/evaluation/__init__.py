"""Evaluation of units, members and both sides of a whistle, with replies and appeals."""
