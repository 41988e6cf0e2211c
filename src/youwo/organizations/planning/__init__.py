"""Planning a city's pairs: which unit looks after which place, near by and fairly shared.

`reading` gathers units and places, `distances` says how far they lie apart, `loads` what a fair
share is, and `optimum` finds the nearest pairing within these bounds and proves it.
"""
