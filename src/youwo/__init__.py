"""Youwo 有我: the working system of a city's citizen programme."""

__version__ = "0.1.0"
