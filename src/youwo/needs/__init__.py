"""Wishes of residents, from the words they said to the call-back after the deed."""
