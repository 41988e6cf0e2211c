"""The front door: the home page, the place people live in, and how the pages look to them."""
