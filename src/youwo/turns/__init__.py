"""Whose turn it is, and until when: what fills everybody's queue."""
