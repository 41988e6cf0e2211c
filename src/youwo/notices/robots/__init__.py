"""Robots in chat groups: what the platforms take, what they answer, and posting to them."""
