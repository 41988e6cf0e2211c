"""The coded tree of places: city, county, town, community, compound; and codes that change."""
