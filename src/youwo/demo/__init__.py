"""The demo city: invented people and units in the real areas, by facts, the same for each seed."""
