"""An invented city's people and deeds in real areas, made the same way from every seed."""
