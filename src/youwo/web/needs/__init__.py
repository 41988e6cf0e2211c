"""Pages about wishes: the board, making one, following it, promising, dealing with it."""
