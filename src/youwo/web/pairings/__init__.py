"""Pages of double pairing: units and places, members and households, plans of a city's pairs."""
