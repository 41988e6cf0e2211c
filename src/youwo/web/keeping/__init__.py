"""Pages with which administrators keep the city's tables: days, places, texts."""
