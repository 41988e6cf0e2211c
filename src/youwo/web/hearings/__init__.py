"""Pages of hearings: opening one, typing while people speak, closing it, and its minutes."""
